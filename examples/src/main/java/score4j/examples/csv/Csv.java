package score4j.examples.csv;

import static score4j.examples.csv.TableBuilder.Use.GAPS;
import static score4j.examples.csv.TableBuilder.Use.LEARNING;
import static score4j.examples.csv.TableBuilder.Use.LIKE;
import static score4j.examples.csv.TableBuilder.Use.ROWS;

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
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.function.Consumer;
import score4j.array.Batch;
import score4j.examples.output.OutputFile;

/// Reads tables to learn from, and writes tables of samples.
public final class Csv {
  /// The column that tells several ways to fill gaps apart.
  public static final String DRAW = "draw";

  private Csv() {}

  /// Reads all columns of a file.
  ///
  /// @throws CsvException if the file is missing, is not a table of finite numbers with at least
  ///     two rows, two columns have one name, or a column has the same number in every row
  public static Table read(Path file, CsvFormat format) throws IOException {
    return read(file, format, List.of());
  }

  /// Reads the chosen columns of a file, in the order they are chosen.
  ///
  /// @param chosen names from the header, or numbers counted from 1; empty for all columns
  /// @throws CsvException if the file is missing, the chosen columns are not in it or not finite
  ///     numbers, it has fewer than two rows, two chosen columns have one name, or one has the same
  ///     number in every row
  public static Table read(Path file, CsvFormat format, List<String> chosen) throws IOException {
    return read(
        file, format, new TableBuilder(file.toString(), format, LEARNING, c -> c.chosen(chosen)));
  }

  /// Reads the chosen columns of a stream, as [#read(Path, CsvFormat, List)] does of a file.
  ///
  /// @param name what messages call the table
  public static Table read(InputStream in, String name, CsvFormat format, List<String> chosen)
      throws IOException {
    TableBuilder builder = new TableBuilder(name, format, LEARNING, c -> c.chosen(chosen));
    return read(in, name, format, builder::build);
  }

  /// Reads the chosen columns of a file that is not to be learned from: one row is enough, and
  /// columns need not vary.
  ///
  /// @param chosen names from the header, or numbers counted from 1; empty for all columns
  /// @throws CsvException if the file is missing, or the chosen columns are not in it or not finite
  ///     numbers
  public static Table readRows(Path file, CsvFormat format, List<String> chosen)
      throws IOException {
    return read(
        file, format, new TableBuilder(file.toString(), format, ROWS, c -> c.chosen(chosen)));
  }

  /// Reads the columns that another table had, as [#readRows] does: by name; by place if that table
  /// had no header; all in their order if this one has none and as many.
  ///
  /// @param columns the names that the other table gave to its columns
  /// @throws CsvException if the file is missing, or such columns are not in it or not finite
  ///     numbers
  public static Table readLike(Path file, CsvFormat format, List<String> columns)
      throws IOException {
    return read(
        file, format, new TableBuilder(file.toString(), format, LIKE, c -> c.like(columns)));
  }

  /// Reads the columns that another table had, as [#readLike] does, of a table in which numbers may
  /// be missing.
  ///
  /// @param columns the names that the other table gave to its columns
  /// @throws CsvException if the file is missing, or such columns are not in it, or a cell of them
  ///     is neither a finite number nor a gap
  public static GapTable readWithGaps(Path file, CsvFormat format, List<String> columns)
      throws IOException {
    TableBuilder builder = new TableBuilder(file.toString(), format, GAPS, c -> c.like(columns));
    return read(file, format, builder::buildWithGaps);
  }

  /// What turns the records of a file into a table.
  @FunctionalInterface
  private interface Content<T> {
    T of(Iterator<CsvRecord> records) throws CsvException;
  }

  private static Table read(Path file, CsvFormat format, TableBuilder builder) throws IOException {
    return read(file, format, builder::build);
  }

  private static <T> T read(Path file, CsvFormat format, Content<T> content) throws IOException {
    if (!Files.exists(file)) {
      throw new CsvException("%s: no such file".formatted(file));
    }
    if (Files.isDirectory(file)) {
      throw new CsvException("%s: is a folder, not a CSV file".formatted(file));
    }
    try (InputStream in = Files.newInputStream(file)) {
      return read(in, file.toString(), format, content);
    } catch (AccessDeniedException e) {
      throw new CsvException("%s: permission denied".formatted(file));
    }
  }

  private static <T> T read(InputStream in, String name, CsvFormat format, Content<T> content)
      throws IOException {
    try (CsvReader<CsvRecord> reader =
        CsvReader.builder()
            .fieldSeparator(format.separator())
            .extraFieldStrategy(FieldMismatchStrategy.IGNORE)
            .missingFieldStrategy(FieldMismatchStrategy.IGNORE)
            .allowUnclosedQuote(false)
            .detectBomHeader(true)
            .ofCsvRecord(in)) {
      return content.of(reader.iterator());
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
    Batch values = table.values();
    write(
        file,
        ',',
        writer -> {
          writer.writeRecord(table.columns());
          String[] fields = new String[values.cols()];
          for (int r = 0; r < values.rows(); r++) {
            for (int c = 0; c < fields.length; c++) {
              fields[c] = Float.toString(values.get(r, c));
            }
            writer.writeRecord(fields);
          }
        });
  }

  /// Writes a table with its gaps filled, every other cell as it was typed. Of several ways to fill
  /// them all go into one file, one after another, with a first column `draw` that counts from 1.
  ///
  /// @param draws numbers for the gaps, each of the shape of the table's values
  /// @throws IOException if it cannot be written
  public static void write(Path file, CsvFormat format, GapTable table, List<Batch> draws)
      throws IOException {
    boolean several = draws.size() > 1;
    write(
        file,
        format.separator(),
        writer -> {
          if (!table.header().isEmpty()) {
            writer.writeRecord(with(several, DRAW, table.header()));
          }
          for (int k = 0; k < draws.size(); k++) {
            for (int r = 0; r < table.cells().size(); r++) {
              List<String> record = table.completed(r, draws.get(k));
              writer.writeRecord(with(several, Integer.toString(k + 1), record));
            }
          }
        });
  }

  private static List<String> with(boolean first, String cell, List<String> record) {
    if (!first) {
      return record;
    }
    List<String> longer = new ArrayList<>();
    longer.add(cell);
    longer.addAll(record);
    return longer;
  }

  private static void write(Path file, char separator, Consumer<CsvWriter> content)
      throws IOException {
    OutputFile.write(
        file,
        out -> {
          CsvWriter writer =
              CsvWriter.builder()
                  .fieldSeparator(separator)
                  .lineDelimiter(LineDelimiter.LF)
                  .build(new OutputStreamWriter(out, StandardCharsets.UTF_8));
          try {
            content.accept(writer);
            writer.flush();
          } catch (UncheckedIOException e) {
            throw e.getCause();
          }
        });
  }
}
