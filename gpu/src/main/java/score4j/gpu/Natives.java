package score4j.gpu;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// JCuda's native library, unpacked where nobody else can write.
///
/// JCuda itself unpacks into the temporary folder under a fixed name and trusts a file of that name
/// which it finds there, so that on a shared machine others choose the code it runs; on the module
/// path it does not find the library at all. So the library is put into a folder of its own, which
/// only this user may enter, JCuda is pointed there while its class initialises, and the folder is
/// removed at once: the process keeps what it has mapped. For that moment, and only the first time,
/// the property `java.io.tmpdir` is another.
final class Natives {
  static final String VERSION = "12.6.0";
  private static final String CLASS = "jcuda.driver.JCudaDriver";
  private static final String TEMPORARY = "java.io.tmpdir";
  private static final int MOST = 200;

  private Natives() {}

  /// Loads the library.
  ///
  /// @return why it cannot be, or "" if it is
  static String load() {
    Optional<String> platform = platform();
    if (platform.isEmpty()) {
      return "wrong platform: JCuda has native code for Linux and Windows on x86-64 and this is %s on %s"
          .formatted(System.getProperty("os.name"), System.getProperty("os.arch"));
    }
    String file = file(platform.get());
    try {
      return load(file, platform.get());
    } catch (ClassNotFoundException e) {
      return "JCuda is not on the class path: add org.jcuda:jcuda:" + VERSION;
    } catch (LinkageError e) {
      return reason(e, file);
    } catch (IOException | RuntimeException e) {
      return "JCuda's native library could not be unpacked: " + line(e.toString());
    }
  }

  /// The name of this platform in the names of JCuda's libraries, if it has any for it.
  private static Optional<String> platform() {
    String os = System.getProperty("os.name", "").toLowerCase(Locale.ROOT);
    String arch = System.getProperty("os.arch", "").toLowerCase(Locale.ROOT);
    if (!arch.equals("amd64") && !arch.equals("x86_64")) {
      return Optional.empty();
    }
    if (os.startsWith("linux")) {
      return Optional.of("linux-x86_64");
    }
    return os.startsWith("windows") ? Optional.of("windows-x86_64") : Optional.empty();
  }

  private static String file(String platform) {
    String name = "JCudaDriver-" + VERSION + "-" + platform;
    return platform.startsWith("windows") ? name + ".dll" : "lib" + name + ".so";
  }

  private static String load(String file, String platform)
      throws IOException, ClassNotFoundException {
    // without initialising it
    Class.forName(CLASS, false, Natives.class.getClassLoader());
    // named as a resource of the loader, because the jar of the natives is a module of its own
    try (InputStream library = Natives.class.getClassLoader().getResourceAsStream("lib/" + file)) {
      if (library == null) {
        return "JCuda's native library is not on the class path: add org.jcuda:jcuda-natives:%s:%s"
            .formatted(VERSION, platform);
      }
      Path folder = Files.createTempDirectory("score4j-gpu", ownerOnly());
      Path unpacked = folder.resolve(file);
      String before = System.getProperty(TEMPORARY);
      try {
        Files.copy(library, unpacked);
        System.setProperty(TEMPORARY, folder.toString());
        Class.forName(CLASS, true, Natives.class.getClassLoader());
      } finally {
        System.setProperty(TEMPORARY, before);
        delete(unpacked);
        delete(folder);
      }
    }
    return "";
  }

  private static FileAttribute<?>[] ownerOnly() {
    // elsewhere the temporary folder is the user's own
    return FileSystems.getDefault().supportedFileAttributeViews().contains("posix")
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"))
        }
        : new FileAttribute<?>[0];
  }

  private static void delete(Path path) {
    try {
      Files.deleteIfExists(path);
    } catch (IOException e) {
      path.toFile().deleteOnExit(); // a system that does not let go of a library in use
    }
  }

  /// One line out of the pages in which JCuda reports that it did not load.
  private static String reason(LinkageError e, String file) {
    String text = String.valueOf(e.getMessage());
    if (text.contains("IllegalCallerException")) {
      @Nullable String module = jcudaModule();
      return "native access is denied: start Java with --enable-native-access="
          + (module == null ? "ALL-UNNAMED" : module);
    }
    if (text.lines().anyMatch(Natives::isMissingDriver)) {
      return "no NVIDIA driver: libcuda.so.1 was not found";
    }
    if (text.contains("dependent libraries")) {
      return "no NVIDIA driver: nvcuda.dll was not found";
    }
    return text.lines()
        .filter(line -> line.contains("UnsatisfiedLinkError") && line.contains(file))
        .findFirst()
        .or(() -> text.lines().findFirst())
        .map(line -> "JCuda's native library did not load: " + line(line))
        .orElse("JCuda's native library did not load");
  }

  // not one that is there and broken
  private static boolean isMissingDriver(String line) {
    return line.contains("libcuda.so") && line.contains("cannot open shared object file");
  }

  private static @Nullable String jcudaModule() {
    try {
      return Class.forName(CLASS, false, Natives.class.getClassLoader()).getModule().getName();
    } catch (ClassNotFoundException e) {
      return null;
    }
  }

  private static String line(String text) {
    String line = text.strip().lines().findFirst().orElse("");
    return line.length() <= MOST ? line : line.substring(0, MOST) + "…";
  }
}
