package score4j.examples.csv;

import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.CsvRecord;
import de.siegmar.fastcsv.reader.FieldMismatchStrategy;
import de.siegmar.fastcsv.writer.CsvWriter;
import de.siegmar.fastcsv.writer.LineDelimiter;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import score4j.array.Batch;
import score4j.examples.output.OutputFile;

/// Reads tables to learn from, and writes tables of samples.
public final class Csv {
  private Csv() {}

  /// Reads all columns of a file.
  ///
  /// @throws CsvException if the file is missing, is not a table of finite numbers with at least
  ///     two rows, or a column has the same number in every row
  public static Table read(Path file, CsvFormat format) throws IOException {
    return read(file, format, List.of());
  }

  /// Reads the chosen columns of a file, in the order they are chosen.
  ///
  /// @param chosen names from the header, or numbers counted from 1; empty for all columns
  /// @throws CsvException if the file is missing, the chosen columns are not in it or not finite
  ///     numbers, it has fewer than two rows, or a chosen column has the same number in every row
  public static Table read(Path file, CsvFormat format, List<String> chosen) throws IOException {
    if (!Files.exists(file)) {
      throw new CsvException("%s: no such file".formatted(file));
    }
    if (Files.isDirectory(file)) {
      throw new CsvException("%s: is a folder, not a CSV file".formatted(file));
    }
    try (InputStream in = Files.newInputStream(file)) {
      return read(in, file.toString(), format, chosen);
    } catch (AccessDeniedException e) {
      throw new CsvException("%s: permission denied".formatted(file));
    }
  }

  /// Reads the chosen columns of a stream, as [#read(Path, CsvFormat, List)] does of a file.
  ///
  /// @param name what messages call the table
  public static Table read(InputStream in, String name, CsvFormat format, List<String> chosen)
      throws IOException {
    try (CsvReader<CsvRecord> reader =
        CsvReader.builder()
            .fieldSeparator(format.separator())
            .extraFieldStrategy(FieldMismatchStrategy.IGNORE)
            .missingFieldStrategy(FieldMismatchStrategy.IGNORE)
            .allowUnclosedQuote(false)
            .detectBomHeader(true)
            .ofCsvRecord(in)) {
      return new TableBuilder(name, format, chosen).build(reader.iterator());
    } catch (CsvParseException e) {
      throw new CsvException("%s: %s".formatted(name, oneLine(e)));
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  private static String oneLine(Throwable e) {
    Throwable cause = e.getCause() instanceof CsvParseException inner ? inner : e;
    return String.valueOf(cause.getMessage()).lines().findFirst().orElse("not a CSV file");
  }

  /// Writes a table with a header; the file appears whole or not at all.
  ///
  /// @throws IOException if it cannot be written
  public static void write(Path file, Table table) throws IOException {
    OutputFile.write(
        file,
        out -> {
          CsvWriter writer =
              CsvWriter.builder()
                  .lineDelimiter(LineDelimiter.LF)
                  .build(new OutputStreamWriter(out, StandardCharsets.UTF_8));
          writer.writeRecord(table.columns());
          Batch values = table.values();
          String[] fields = new String[values.cols()];
          for (int r = 0; r < values.rows(); r++) {
            for (int c = 0; c < fields.length; c++) {
              fields[c] = Float.toString(values.get(r, c));
            }
            writer.writeRecord(fields);
          }
          writer.flush();
        });
  }
}
