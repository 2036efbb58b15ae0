package score4j.examples.csv;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import score4j.array.Batch;

class CsvTest {
  @TempDir Path folder;

  private Path file(String content) throws IOException {
    Path file = folder.resolve("t.csv");
    Files.writeString(file, content);
    return file;
  }

  private Table read(String content, String... chosen) throws IOException {
    return Csv.read(file(content), CsvFormat.AUTOMATIC, List.of(chosen));
  }

  @Test
  void headerIsFoundWhereTheFirstLineHasNoNumber() throws IOException {
    Table table = read("a,b\n1,2\n3,4\n");
    assertThat(table.columns()).containsExactly("a", "b");
    assertThat(table.values()).isEqualTo(Batch.of(new float[] {1, 2}, new float[] {3, 4}));
  }

  @Test
  void withoutHeaderTheColumnsAreNumbered() throws IOException {
    Table table = read("1,2\n3,4\n");
    assertThat(table.columns()).containsExactly("column 1", "column 2");
    assertThat(table.values().rows()).isEqualTo(2);
  }

  @Test
  void headerOfNumbersIsReadWhenAskedFor() throws IOException {
    Table table =
        Csv.read(file("2019,2020\n1,2\n3,4\n"), new CsvFormat(CsvFormat.Header.PRESENT, ','));
    assertThat(table.columns()).containsExactly("2019", "2020");
    assertThat(table.values().rows()).isEqualTo(2);
  }

  @Test
  void columnsAreChosenByNameOrNumberInTheOrderGiven() throws IOException {
    Table table = read("a,text,c\n1,x,2\n3,y,4\n", "3", "a");
    assertThat(table.columns()).containsExactly("c", "a");
    assertThat(table.values()).isEqualTo(Batch.of(new float[] {2, 1}, new float[] {4, 3}));
  }

  @Test
  void byteOrderMarkQuotesSpacesEmptyLinesAndWindowsLineEndsAreFine() throws IOException {
    Table table = read("\uFEFF\"a, b\", c \r\n1, +2e0\r\n\r\n\"3\",.5\r\n");
    assertThat(table.columns()).containsExactly("a, b", "c");
    assertThat(table.values()).isEqualTo(Batch.of(new float[] {1, 2}, new float[] {3, .5f}));
  }

  @Test
  void otherSeparatorsAreReadWhenAskedFor() throws IOException {
    CsvFormat format = new CsvFormat(CsvFormat.Header.AUTOMATIC, ';');
    assertThat(Csv.read(file("a;b\n1;2\n3;4\n"), format).values().cols()).isEqualTo(2);
  }

  /// In the content, `|` stands for the end of a line.
  @ParameterizedTest
  @CsvSource(
      delimiter = '~',
      value = {
        "''              ~ ''  ~ : the file is empty where 2 rows of numbers should be",
        "a,b             ~ ''  ~ : 0 rows of numbers after the header in line 1, at least 2 are"
            + " needed",
        "a,b|1,2         ~ ''  ~ : 1 row of numbers after the header in line 1, at least 2 are"
            + " needed",
        "1,2             ~ ''  ~ : 1 row of numbers, at least 2 are needed",
        "a,b|1,2|3       ~ ''  ~ , line 3: 1 column but line 1 has 2: give every line as many",
        "a,b|1,2|3,4,5   ~ ''  ~ , line 3: 3 columns but line 1 has 2: give every line as many",
        "a;b|1,5;2|3,5;4 ~ ''  ~ , line 2: 2 columns but line 1 has 1, try --separator ';'",
        "a,b|1,2|3,x|5,6 ~ ''  ~ , line 3, column 2 (b): 'x' is not a number: give a number, or leave out the row, or"
            + " the column by --columns",
        "1,2|3,x|5,6     ~ ''  ~ , line 2, column 2: 'x' is not a number: give a number, or leave out the row, or"
            + " the column by --columns",
        "a,b|1,2||3,x    ~ ''  ~ , line 4, column 2 (b): 'x' is not a number: give a number, or leave out the row, or"
            + " the column by --columns",
        "a,b|1,2|3,|5,6  ~ ''  ~ , line 3, column 2 (b): the field is empty where a number should"
            + " be: give a number, or leave out the row, or the column by --columns",
        "a,b|1,2|3,NaN   ~ ''  ~ , line 3, column 2 (b): NaN is not a finite number of single"
            + " precision: give a number, or leave out the row, or the column by --columns",
        "a,b|1,2|3,-inf  ~ ''  ~ , line 3, column 2 (b): -inf is not a finite number of single"
            + " precision: give a number, or leave out the row, or the column by --columns",
        "a,b|1,2|3,1e39  ~ ''  ~ , line 3, column 2 (b): 1e39 is not a finite number of single"
            + " precision: rescale the column",
        "a,b|1,0x1p3|3,4 ~ ''  ~ , line 2, column 2 (b): '0x1p3' is not a number: give a number, or leave out the"
            + " row, or the column by --columns",
        "a,b|1,\"1,5\"|3,4 ~ '' ~ , line 2, column 2 (b): '1,5' is not a number: write decimals with"
            + " a point",
        "gr\uFFFDn,b|1,2|3,4 ~ '' ~ , line 1: this is no text in UTF-8: save the table as a CSV file"
            + " in UTF-8",
        "P\u0003,b|1,2|3,4 ~ '' ~ , line 1: this is no text in UTF-8: save the table as a CSV file in"
            + " UTF-8",
        "a;b|1;2|3;4     ~ ''  ~ , line 2, column 1 (a;b): '1;2' is not a number, try --separator"
            + " ';'",
        "a b|1 2|3 4     ~ ''  ~ , line 2, column 1 (a b): '1 2' is not a number, try --separator"
            + " ' '",
        "a,b|1,7|3,7|5,7 ~ ''  ~ , lines 2 to 4, column 2 (b): every row has the number 7.0, so"
            + " there is nothing to learn: leave this column out",
        "a|1700000000|1700000001 ~ ''  ~ , lines 2 to 3, column 1 (a): every row has the same"
            + " number in single precision, subtract an offset first",
        "a,1|2,3|4,5     ~ ''  ~ , line 1: numbers and text are mixed, so it is unclear whether"
            + " this is a header: say --header or --no-header",
        "a,b|1,2|3,4     ~ c   ~ : there is no column c, it has a, b",
        "a,b|1,2|3,4     ~ 3   ~ : there is no column 3, it has a, b",
        "1,2|3,4         ~ a   ~ : there is no column a, it has columns 1 to 2",
        "a,b|1,2|3,4     ~ a 1 ~ : column 1 is chosen twice",
        "a,b,a|1,2,3|3,4,5 ~ '' ~ , line 1: columns 1 and 3 are both called a: rename one, or leave"
            + " one out by --columns",
        "a,a|1,2|3,4     ~ a   ~ , line 1: columns 1 and 2 are both called a: choose one by its"
            + " number",
      })
  void everyFaultIsNamedInOneLine(String content, String chosen, String message)
      throws IOException {
    Path file = file(content.strip().replace('|', '\n'));
    List<String> columns = chosen.isBlank() ? List.of() : List.of(chosen.strip().split(" "));
    assertThatThrownBy(() -> Csv.read(file, CsvFormat.AUTOMATIC, columns))
        .isInstanceOf(CsvException.class)
        .hasMessage(file + message);
  }

  @Test
  void missingFileFolderAndBrokenQuotesAreNamed() throws IOException {
    Path missing = folder.resolve("none.csv");
    assertThatThrownBy(() -> Csv.read(missing, CsvFormat.AUTOMATIC))
        .hasMessage(missing + ": no such file");
    assertThatThrownBy(() -> Csv.read(folder, CsvFormat.AUTOMATIC))
        .hasMessage(folder + ": is a folder, not a CSV file");
    Path quote = file("a,b\n1,\"2\n3,4\n");
    assertThatThrownBy(() -> Csv.read(quote, CsvFormat.AUTOMATIC))
        .isInstanceOf(CsvException.class)
        .hasMessageStartingWith(quote.toString())
        .hasMessageContaining("2")
        .message()
        .doesNotContain("\n");
  }

  @Test
  void binaryFileIsRefusedInOneLine() throws IOException {
    Path file = folder.resolve("b.csv");
    Files.write(file, new byte[] {0, (byte) 0xff, (byte) 0xfe, 10, 13, 34, 0, 1, 2, 44});
    assertThatThrownBy(() -> Csv.read(file, CsvFormat.AUTOMATIC))
        .isInstanceOf(CsvException.class)
        .message()
        .startsWith(file.toString())
        .doesNotContain("\n");
  }

  @Test
  void whatIsWrittenIsReadBackBitForBit() throws IOException {
    Path file = folder.resolve("out.csv");
    Batch values =
        Batch.of(new float[] {1.1f, -0f, 3e-39f}, new float[] {16777216f, 2.5e38f, 1 / 3f});
    Table table = new Table(List.of("a", "b, c", "\"d\""), values);
    Csv.write(file, table);
    Table back = Csv.read(file, CsvFormat.AUTOMATIC);
    assertThat(back).isEqualTo(table);
    assertThat(Files.readString(file, StandardCharsets.UTF_8))
        .startsWith("a,\"b, c\",\"\"\"d\"\"\"\n1.1,-0.0,");
  }

  @Test
  void rowsThatAreNotLearnedFromMayBeFewAndAlike() throws IOException {
    assertThat(Csv.readRows(file("a,b\n1,2\n"), CsvFormat.AUTOMATIC, List.of("b")).values())
        .isEqualTo(Batch.of(new float[] {2}));
    assertThatThrownBy(() -> Csv.readRows(file("a,b\n"), CsvFormat.AUTOMATIC, List.of()))
        .hasMessageEndingWith(
            ": 0 rows of numbers after the header in line 1, at least 1 is needed");
  }

  /// In the content, `|` stands for the end of a line.
  @ParameterizedTest
  @CsvSource(
      delimiter = '~',
      value = {
        "a,b         ~ b,x,a|2,u,1", // by name
        "a,b         ~ 1,2", // all, where there is no header
        "column 3,column 1 ~ 2,u,1", // by place, as in a table without header
        "column 2,column 1 ~ p,q|2,1",
        "2020,a      ~ a,2020|2,1", // a name, not a place
      })
  void columnsOfAnotherTableAreFound(String columns, String content) throws IOException {
    // text among numbers says nothing of a header
    CsvFormat format =
        new CsvFormat(
            content.contains("|") ? CsvFormat.Header.PRESENT : CsvFormat.Header.ABSENT, ',');
    Table table =
        Csv.readLike(file(content.replace('|', '\n')), format, List.of(columns.split(",", -1)));
    assertThat(table.values()).isEqualTo(Batch.of(new float[] {1, 2}));
  }

  /// In the content, `|` stands for the end of a line.
  @ParameterizedTest
  @CsvSource(
      delimiter = '~',
      value = {
        "a,b|1,2       ~ a,c      ~ : there is no column c, it has a, b",
        "1,2,3         ~ a,c      ~ : there is no column a, it has columns 1 to 3",
        "1,2           ~ column 3 ~ : there is no column column 3, it has columns 1 to 2",
        "a,b,a|1,2,3   ~ a,b      ~ , line 1: columns 1 and 3 are both called a: choose one by its"
            + " number",
      })
  void columnsOfAnotherTableThatAreNotThereAreNamed(String content, String columns, String message)
      throws IOException {
    Path file = file(content.strip().replace('|', '\n'));
    assertThatThrownBy(
            () -> Csv.readLike(file, CsvFormat.AUTOMATIC, List.of(columns.strip().split(",", -1))))
        .isInstanceOf(CsvException.class)
        .hasMessage(file + message);
  }

  @Test
  void gapsAreNumbersThatAreMissing() throws IOException {
    GapTable table =
        Csv.readWithGaps(
            file("a,t,b\n1,x, \n?,,NA\nn/a,y,3\nnull,NaN,nan\n"),
            CsvFormat.AUTOMATIC,
            List.of("b", "a"));
    assertThat(table.header()).containsExactly("a", "t", "b");
    assertThat(table.columns()).containsExactly(2, 0);
    assertThat(table.gaps()).isEqualTo(6);
    assertThat(table.values().get(0, 1)).isEqualTo(1f);
    assertThat(table.values().get(2, 0)).isEqualTo(3f);
    assertThat(table.cells().get(0)).containsExactly("1", "x", " ");
  }

  /// Every cell is written again, and a byte that was not understood would be lost.
  @Test
  void aTableWithGapsIsTextInUtf8() throws IOException {
    Path latin = folder.resolve("l.csv");
    Files.write(latin, "a,t\n1,gr\u00fcn\n".getBytes(StandardCharsets.ISO_8859_1));
    assertThatThrownBy(() -> Csv.readWithGaps(latin, CsvFormat.AUTOMATIC, List.of("a")))
        .hasMessage(
            latin + ", line 2: this is no text in UTF-8: save the table as a CSV file in UTF-8");
    assertThatThrownBy(() -> Csv.readWithGaps(file("a\nx\n"), CsvFormat.AUTOMATIC, List.of("a")))
        .hasMessageEndingWith("'x' is not a number: give a number, or nothing for a gap");
    assertThatThrownBy(() -> Csv.readLike(file("a\nx\n"), CsvFormat.AUTOMATIC, List.of("a")))
        .hasMessageEndingWith("'x' is not a number: give a number, or leave out the row");
  }

  @Test
  void aFirstLineOfNumbersAndGapsIsNoHeader() throws IOException {
    GapTable table =
        Csv.readWithGaps(file("1,,?\n4,5,6\n"), CsvFormat.AUTOMATIC, List.of("a", "b", "c"));
    assertThat(table.header()).isEmpty();
    assertThat(table.cells()).hasSize(2);
    assertThatThrownBy(
            () -> Csv.readWithGaps(file("1,x\n"), CsvFormat.AUTOMATIC, List.of("a", "b")))
        .hasMessageContaining("it is unclear whether this is a header");
  }

  @Test
  void onlyGapsAreWrittenAnew() throws IOException {
    Path in = file("a,t,b\n1.50,\"x, y\",\n,, 2e0\n");
    GapTable table = Csv.readWithGaps(in, CsvFormat.AUTOMATIC, List.of("b", "a"));
    Batch filled = Batch.of(new float[] {7, -1}, new float[] {-1, 0.25f});
    Path out = folder.resolve("out.csv");
    Csv.write(out, CsvFormat.AUTOMATIC, table, List.of(filled));
    assertThat(Files.readString(out)).isEqualTo("a,t,b\n1.50,\"x, y\",7.0\n0.25,, 2e0\n");
    Csv.write(out, CsvFormat.AUTOMATIC, table, List.of(filled, filled));
    assertThat(Files.readString(out))
        .startsWith("draw,a,t,b\n1,1.50,\"x, y\",7.0\n")
        .endsWith("2,0.25,, 2e0\n");
  }
}
