package org.plumbline.data.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.luben.zstd.ZstdOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.plumbline.data.Annotator;
import org.plumbline.data.Judgement;
import org.plumbline.data.Preference;
import org.plumbline.stage.DamagedFileException;
import org.plumbline.stage.UserException;

/** Tables, lists, packed files, mapped names; and what is wrong with some. */
class SourcesTest {
  private static final String PAIR = "{\"prompt\":\"a\",\"chosen\":\"b\",\"rejected\":\"c\"}";

  @TempDir Path temp;

  private Path file(String name, String text) throws IOException {
    return Files.writeString(temp.resolve(name), text, StandardCharsets.UTF_8);
  }

  private static void refused(Path file, String... parts) {
    assertThatThrownBy(() -> Reading.of(file))
        .isInstanceOf(UserException.class)
        .hasMessageStartingWith(file.toString())
        .hasMessageContainingAll(parts);
  }

  @Test
  void aListIsReadElementByElement() throws IOException {
    Reading<Preference> read =
        Reading.of(file("l.json", "\uFEFF \n[\n" + PAIR + ",\n" + PAIR + "]"));
    assertThat(read.values())
        .extracting(value -> value.provenance().source())
        .containsExactly("l.json:1", "l.json:2");
    assertThat(read.values().get(0).id()).isEqualTo(read.values().get(1).id());
    refused(file("bad.json", "[" + PAIR + ",{\"prompt\":1}]"), "bad.json row 2: ", "\"chosen\"");
    refused(file("cut.json", "[" + PAIR + ",{\"prompt\":"), "cut.json row 2 (line 1): ");
    refused(file("open.json", "[" + PAIR), "open.json row 2 (line 1): ");
    refused(file("more.json", "[" + PAIR + "] x"), "more.json row 2 (line 1): ");
    refused(
        file("lone.json", "[{\"prompt\":\"\\ud800\"}]"), "lone.json row 1: \"prompt\" holds half");
  }

  @Test
  void faultsOfAListAreNeverPassedOver() throws IOException {
    Path cut = file("cut.json", "[" + PAIR + ",{\"prompt\":");
    assertThatThrownBy(() -> Reading.skipping(cut)).isInstanceOf(DamagedFileException.class);
    Reading<Preference> read = Reading.skipping(file("b.json", "[{\"chosen\":1}," + PAIR + ",3]"));
    assertThat(read.values()).hasSize(1);
    assertThat(read.rejects())
        .extracting(reject -> reject.row())
        .containsExactly("{\"chosen\":1}", "3");
  }

  @Test
  void tablesOfColleaguesAreRead() throws IOException {
    Path file =
        file(
            "t.csv",
            "\uFEFFprompt,answer_a,answer_b,winner,annotator\r\n"
                + "\"Name, a tree\",Oak,\"Rock\r\n\"\"hard\"\"\",A,ann\r\n\r\n"
                + "x,y,z,tie,ann\r\n");
    Reading<Preference> read = Reading.of(file);
    assertThat(read.report().format()).isEqualTo("verdicts");
    Preference first = read.values().get(0);
    assertThat(first.prompt().text()).isEqualTo("Name, a tree");
    assertThat(first.answers().get(1).text()).isEqualTo("Rock\r\n\"hard\"");
    assertThat(first.provenance().annotator()).isEqualTo(Annotator.named("ann"));
    assertThat(read.values().get(1).judgement().isTie()).isTrue();
    assertThat(read.values().get(1).provenance().source()).isEqualTo("t.csv:2");
  }

  @Test
  void semicolonsAndTabsAreTaken() throws IOException {
    for (String mark : List.of(";", "\t")) {
      String text = "prompt,chosen,rejected,margin\na,b,c,0.5\n".replace(",", mark);
      Preference one = Reading.of(file("t.csv", text)).values().get(0);
      assertThat(one.judgement().margin()).hasValue(0.5);
    }
  }

  @Test
  void whatIsWrongWithATableIsNamed() throws IOException {
    refused(file("e.csv", ""), "e.csv is empty");
    refused(file("d.csv", "a,a\n1,2\n"), "a");
    refused(
        file("r.csv", "prompt,chosen,rejected\na,b,c\nd,e\n"),
        "r.csv row 2 (line 3): has 2 cells, the header 3 columns (prompt, chosen, rejected)");
    refused(file("q.csv", "prompt,chosen,rejected\na,\"b,c\n"), "q.csv row 1");
    refused(
        file("n.csv", "prompt,chosen,rejected\na,b\u0000,c\n"),
        "row 1",
        "\"chosen\" holds the character NUL");
    refused(
        file("m.csv", "prompt,chosen,rejected,margin\na,b,c,x\n"),
        "row 1",
        "\"margin\" is \"x\"; needed: a number");
    refused(
        file("j.csv", "prompt_json,chosen,rejected\nx,b,c\n"),
        "row 1",
        "column \"prompt_json\" holds no JSON");
    Path latin = temp.resolve("latin.csv");
    Files.write(latin, "prompt,chosen,rejected\né,b,c\n".getBytes(StandardCharsets.ISO_8859_1));
    refused(latin, "is not UTF-8 text; save the file as UTF-8");
  }

  @Test
  void aQuoteThatNeverClosesDoesNotFillMemory() throws IOException {
    Path file = temp.resolve("open.csv");
    try (OutputStream out = Files.newOutputStream(file)) {
      out.write("prompt,chosen,rejected\na,\"b".getBytes(StandardCharsets.UTF_8));
      byte[] block = "x".repeat(1 << 20).getBytes(StandardCharsets.UTF_8);
      for (int i = 0; i < 40; i++) {
        out.write(block);
      }
    }
    refused(file, "open.csv row 1: is longer than", "A quote or bracket that is never closed?");
  }

  @Test
  void namesAreMappedByColumnAndByPath() throws IOException {
    Path nested =
        file(
            "n.jsonl",
            "{\"q\":{\"text\":\"Why?\",\"lang\":\"en\"},\"good\":\"Because.\",\"others\":[{\"t\":\"No.\"}],\"who\":\"ann\",\"prompt\":\"unused\"}");
    Preference one =
        Reading.mapped(nested, "prompt=$.q.text,chosen=good,rejected=$.others[0].t,annotator=who")
            .values()
            .get(0);
    assertThat(one.prompt().text()).isEqualTo("Why?");
    assertThat(one.pairs().get(0).rejected()).isEqualTo("No.");
    assertThat(one.provenance().annotator().name()).isEqualTo("ann");
    assertThat(one.extra()).containsOnlyKeys("q", "others", "prompt");
    Path table = file("t.csv", "Frage,gut,schlecht\na,b,c\n");
    assertThat(Reading.mapped(table, "prompt=Frage,chosen=gut,rejected=schlecht").values())
        .hasSize(1);
  }

  @Test
  void aMappedNameThatIsNotThereIsNamed() throws IOException {
    Path table = file("t.csv", "q,good,bad\na,b,c\n");
    assertThatThrownBy(() -> Reading.mapped(table, "prompt=question,chosen=good,rejected=bad"))
        .hasMessage(
            table
                + " header: no column \"question\", to which \"prompt\" is mapped; columns: q, good, bad");
    Path rows = file("r.jsonl", "{\"a\":1}");
    assertThatThrownBy(() -> Reading.mapped(rows, "prompt=$.q.text,chosen=a,rejected=a"))
        .hasMessageEndingWith(
            "line 1: \"prompt\" is mapped to $.q.text, which is not there; found: a");
    assertThatThrownBy(() -> Reading.mapped(rows, "prompt"))
        .hasMessageContaining("--columns: \"prompt\" is no name=column");
    assertThatThrownBy(() -> Reading.mapped(rows, "prompt=$["))
        .hasMessageContaining("is no JSONPath");
    assertThatThrownBy(() -> Reading.mapped(rows, "prompt=a,prompt=b"))
        .hasMessageContaining("mapped twice");
  }

  @Test
  void theSaferAnswerCanBeLearntInsteadOfTheBetter() throws IOException {
    Path file = Lines.write(temp, "s.jsonl", DialectRows.all().get("pku-saferlhf"));
    String columns =
        "prompt=prompt,response_0=response_0,response_1=response_1,better_response_id=safer_response_id";
    assertThat(Reading.mapped(file, columns).values().get(0).judgement())
        .isEqualTo(Judgement.better(true));
  }

  @Test
  void packedFilesAreUnpacked() throws IOException {
    Path file = temp.resolve("p.csv.zst");
    try (OutputStream out = new ZstdOutputStream(Files.newOutputStream(file))) {
      out.write("prompt,chosen,rejected\na,b,c\n".getBytes(StandardCharsets.UTF_8));
    }
    assertThat(Reading.of(file).values()).hasSize(1);
  }

  @Test
  void unknownRowsAndForeignKindsSayWhatIsNeeded() throws IOException {
    refused(
        file("u.jsonl", "{\"x\":1}"),
        "u.jsonl line 1: fits no known format; found: x",
        "--columns",
        "hh-rlhf");
    refused(
        file("d.jsonl", DialectRows.demonstrations().get("alpaca")),
        "holds demonstrations (alpaca");
    Path pairs = file("p.jsonl", PAIR);
    assertThatThrownBy(() -> Reading.demonstrations(pairs))
        .hasMessageContaining("holds preferences (plumbline");
    assertThat(Reading.of(file("e.jsonl", "")).values()).isEmpty();
    refused(file("w.parquet", "PAR1"), "preference-data-parquet");
  }
}
