package score4j;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.lang.module.ModuleDescriptor;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// The arrows between the packages of core: who may import whom. A package that is missing from the
/// table fails, so that a new one is placed on purpose.
class ArrowsTest {
  private static final String VECTOR = "jdk.incubator.vector";

  /// Package → what it may import. `score4j` itself, the contracts, is written as `.`.
  private static final Map<String, Set<String>> ARROWS = new TreeMap<>();

  private static void arrow(String from, String... to) {
    ARROWS.put(from, Set.of(to));
  }

  static {
    arrow("array");
    arrow(".", "array");
    arrow("internal.kernel");
    arrow("internal.parallel");
    // noise is made by the kernels, so that every backend repeats its bits
    arrow("rng", "array", "internal.kernel");
    arrow("autodiff", ".", "array", "internal.kernel", "internal.parallel");
    // a network that knows of time says of which process
    arrow("nn", ".", "array", "rng", "autodiff", "process", "internal.kernel", "internal.parallel");
    arrow("optim", "array");
    arrow("process", "array");
    // mixtures stay mixtures under a linear process
    arrow("dist", ".", "array", "rng", "process");
    // standardising is undone on scores too
    arrow("data", ".", "array", "rng");
    arrow("objective", ".", "array", "rng", "autodiff", "nn", "process");
    arrow("solve", "array", "rng");
    // a step of a chain is the kernels' fma, so that every backend repeats its bits
    arrow(
        "sample", ".", "array", "rng", "process", "solve", "internal.kernel", "internal.parallel");
    // the flow ends in a law that is known
    arrow("likelihood", ".", "array", "rng", "process", "solve", "dist", "internal.parallel");
    arrow("inverse", ".", "array", "rng", "process", "solve", "sample", "internal.parallel");
    arrow("metric", ".", "array", "rng", "internal.parallel");
    arrow("io", "array", "rng", "nn", "optim", "process");
    arrow(
        "train",
        ".",
        "array",
        "rng",
        "data",
        "objective",
        "metric",
        "nn",
        "optim",
        "io",
        "backend",
        "internal.parallel");
    // it says which kernels run
    arrow(
        "backend", ".", "array", "rng", "nn", "objective", "process", "sample", "internal.kernel");
  }

  /// The classes of core alone, without its tests.
  private static final JavaClasses CLASSES =
      new ClassFileImporter().importPath(location(Score.class));

  private static Path location(Class<?> type) {
    try {
      return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String shortName(String packageName) {
    return packageName.equals("score4j") ? "." : packageName.substring("score4j.".length());
  }

  private static Set<String> packages() {
    Set<String> packages = new TreeSet<>();
    for (JavaClass c : CLASSES) {
      if (!c.getPackageName().isEmpty()) { // module-info has none
        packages.add(c.getPackageName());
      }
    }
    return packages;
  }

  @Test
  void importerReadsTheClasses() {
    assertThat(CLASSES.contain(Score.class)).isTrue();
    assertThat(CLASSES.get(Score.class).getMethods()).isNotEmpty();
    assertThat(CLASSES.get(Score.class).getDirectDependenciesFromSelf())
        .anyMatch(d -> d.getTargetClass().getPackageName().equals("score4j.array"));
  }

  @Test
  void everyPackageIsInTheTable() {
    assertThat(packages().stream().map(ArrowsTest::shortName)).isSubsetOf(ARROWS.keySet());
  }

  @Test
  void tableHasNoCycle() {
    Set<String> done = new HashSet<>();
    while (done.size() < ARROWS.size()) {
      List<String> next =
          ARROWS.keySet().stream()
              .filter(p -> !done.contains(p) && done.containsAll(ARROWS.get(p)))
              .toList();
      assertThat(next).as("packages that import only %s", done).isNotEmpty();
      done.addAll(next);
    }
  }

  @Test
  void packagesImportOnlyWhatTheTableAllows() {
    List<String> wrong = new ArrayList<>();
    for (JavaClass c : CLASSES) {
      for (Dependency d : c.getDirectDependenciesFromSelf()) {
        String to = d.getTargetClass().getBaseComponentType().getPackageName();
        String from = c.getPackageName();
        if (to.startsWith("score4j")
            && !to.equals(from)
            && !ARROWS.getOrDefault(shortName(from), Set.of()).contains(shortName(to))) {
          wrong.add(d.getDescription());
        }
      }
    }
    assertThat(wrong).isEmpty();
  }

  @Test
  void onlyKernelsImportTheVectorModule() {
    assertThat(dependenciesOn(VECTOR))
        .allMatch(d -> d.getOriginClass().getPackageName().equals("score4j.internal.kernel"));
  }

  /// The kernels also ask the virtual machine for its options, where `jdk.management` is there.
  @Test
  void coreImportsNothingButJavaBase() {
    List<String> wrong = new ArrayList<>();
    for (JavaClass c : CLASSES) {
      for (Dependency d : c.getDirectDependenciesFromSelf()) {
        String to = d.getTargetClass().getBaseComponentType().getPackageName();
        if (Stream.of("score4j", "org.jspecify.annotations", VECTOR).noneMatch(to::startsWith)
            && !to.isEmpty() // primitives
            && !(c.getPackageName().equals("score4j.internal.kernel") && to.endsWith("management"))
            && !Object.class.getModule().getPackages().contains(to)) {
          wrong.add(d.getDescription());
        }
      }
    }
    assertThat(wrong).isEmpty();
  }

  /// What the lint category `exports` would say, which is off because of jspecify.
  @Test
  void promisedSignaturesNameNoInternalType() {
    List<String> wrong = new ArrayList<>();
    for (JavaClass c : CLASSES) {
      if (c.getPackageName().startsWith("score4j.internal") || !promised(c)) {
        continue;
      }
      for (JavaCodeUnit unit : c.getCodeUnits()) {
        Stream<JavaClass> types =
            Stream.concat(unit.getRawParameterTypes().stream(), Stream.of(unit.getRawReturnType()));
        if (promised(unit.getModifiers()) && types.anyMatch(ArrowsTest::internal)) {
          wrong.add(unit.getFullName());
        }
      }
      for (JavaField field : c.getFields()) {
        if (promised(field.getModifiers()) && internal(field.getRawType())) {
          wrong.add(field.getFullName());
        }
      }
    }
    assertThat(wrong).isEmpty();
  }

  @Test
  void everyPackageButInternalIsExported() {
    Module module = Score.class.getModule();
    assertThat(module.getName()).isEqualTo("score4j.core");
    assertThat(module.getDescriptor().exports().stream().map(ModuleDescriptor.Exports::source))
        .containsExactlyInAnyOrderElementsOf(
            packages().stream().filter(p -> !p.startsWith("score4j.internal")).toList());
  }

  private static List<Dependency> dependenciesOn(String packageName) {
    List<Dependency> found = new ArrayList<>();
    for (JavaClass c : CLASSES) {
      for (Dependency d : c.getDirectDependenciesFromSelf()) {
        if (d.getTargetClass().getBaseComponentType().getPackageName().equals(packageName)) {
          found.add(d);
        }
      }
    }
    return found;
  }

  private static boolean internal(JavaClass type) {
    return type.getBaseComponentType().getPackageName().startsWith("score4j.internal");
  }

  private static boolean promised(JavaClass type) {
    return promised(type.getModifiers())
        && type.getEnclosingClass().map(ArrowsTest::promised).orElse(true);
  }

  private static boolean promised(Set<JavaModifier> modifiers) {
    return modifiers.contains(JavaModifier.PUBLIC) || modifiers.contains(JavaModifier.PROTECTED);
  }
}
