package org.plumbline.model.chat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.plumbline.model.JsonFiles;
import org.plumbline.model.ModelFormatException;
import org.plumbline.model.tokenizer.ByteLevelBpeTrainer;
import org.plumbline.model.tokenizer.SpecialNames;
import org.plumbline.model.tokenizer.TextTokenizer;

class EncodedDialogueTest {
  private static final List<ChatMessage> TURNS =
      List.of(
          ChatMessage.system("Be brief."),
          ChatMessage.user("May I?"),
          ChatMessage.assistant("Yes"),
          ChatMessage.user("Sure?"),
          ChatMessage.assistant("\n\nQuite sure."));
  private static final int END = 2;

  @TempDir static Path folder;
  private static TextTokenizer tokenizer;

  @BeforeAll
  static void open() {
    List<String> texts = List.of("Be brief. May I? Yes. Quite sure. Sure?", "user assistant user");
    ByteLevelBpeTrainer.train(texts.iterator(), 280, SpecialNames.CHAT_ML)
        .write(folder, SpecialNames.chatMl());
    tokenizer = TextTokenizer.open(folder);
  }

  @AfterAll
  static void close() {
    tokenizer.close();
  }

  private static String learned(EncodedDialogue dialogue) {
    int[] ids =
        IntStream.range(0, dialogue.length())
            .filter(i -> dialogue.loss()[i])
            .map(i -> dialogue.ids()[i])
            .toArray();
    return tokenizer.decode(ids, false);
  }

  @Test
  void onlyAnswersAndTheirEndTokensAreLearned() {
    EncodedDialogue dialogue = EncodedDialogue.of(new ChatMl(), tokenizer, TURNS);
    assertThat(tokenizer.decode(dialogue.ids(), false))
        .isEqualTo(
            """
            <|im_start|>system
            Be brief.<|im_end|>
            <|im_start|>user
            May I?<|im_end|>
            <|im_start|>assistant
            Yes<|im_end|>
            <|im_start|>user
            Sure?<|im_end|>
            <|im_start|>assistant


            Quite sure.<|im_end|>
            """);
    assertThat(learned(dialogue)).isEqualTo("Yes<|im_end|>\n\nQuite sure.<|im_end|>");
    assertThat(dialogue.ids()[dialogue.length() - 2]).isEqualTo(END);
    assertThat(dialogue.loss()[dialogue.length() - 2]).isTrue();
    assertThat(dialogue.loss()[dialogue.length() - 1]).isFalse();
    assertThat(dialogue.trainedTokens())
        .isEqualTo(
            tokenizer.encode("Yes", false).length
                + tokenizer.encode("\n\nQuite sure.", false).length
                + 2);
  }

  @Test
  @Tag("invariant")
  void aPromptIsAPrefixOfPromptAndAnswer() {
    for (ChatTemplate template :
        List.of(new ChatMl(), new RawText("<|im_end|>"), new PlainTurns("<|im_end|>"))) {
      for (String answer : List.of("Yes", "\n", "  two", "", "ure", "<|im_end|>")) {
        List<ChatMessage> asked = TURNS.subList(0, 4);
        int[] prompt = EncodedDialogue.prompt(template, tokenizer, asked);
        List<ChatMessage> answered = new ArrayList<>(asked);
        answered.add(ChatMessage.assistant(answer));
        assertThat(EncodedDialogue.of(template, tokenizer, answered).ids()).startsWith(prompt);
      }
    }
  }

  @Test
  void rawTextIsPromptCompletionAndEnd() {
    List<ChatMessage> turns = List.of(ChatMessage.user("May I?"), ChatMessage.assistant(" Yes"));
    EncodedDialogue dialogue = EncodedDialogue.of(new RawText("<|im_end|>"), tokenizer, turns);
    assertThat(tokenizer.decode(dialogue.ids(), false)).isEqualTo("May I? Yes<|im_end|>");
    assertThat(dialogue.promptLength()).isEqualTo(tokenizer.encode("May I?", true).length);
    assertThat(learned(dialogue)).isEqualTo(" Yes<|im_end|>");
    assertThat(EncodedDialogue.prompt(new RawText(""), tokenizer, turns.subList(0, 1)))
        .isEqualTo(tokenizer.encode("May I?", true));
    assertThat(new RawText("").text(turns, true)).isEqualTo("May I? Yes");
  }

  @Test
  void plainTurnsAreThoseOfHhRlhf() {
    PlainTurns template = new PlainTurns("<|im_end|>");
    EncodedDialogue dialogue = EncodedDialogue.of(template, tokenizer, TURNS.subList(0, 3));
    assertThat(tokenizer.decode(dialogue.ids(), false))
        .isEqualTo("\n\nSystem: Be brief.\n\nHuman: May I?\n\nAssistant: Yes<|im_end|>");
    assertThat(learned(dialogue)).isEqualTo(" Yes<|im_end|>");
    assertThat(template.text(TURNS.subList(1, 2), true))
        .isEqualTo("\n\nHuman: May I?\n\nAssistant:");
  }

  @Test
  void lossMayBeKeptOnTheLastAnswerAlone() {
    EncodedDialogue last = EncodedDialogue.of(new ChatMl(), tokenizer, TURNS).lastAnswerOnly();
    assertThat(learned(last)).isEqualTo("\n\nQuite sure.<|im_end|>");
  }

  @Test
  void truncationTakesFromThePromptFirst() {
    EncodedDialogue whole =
        new EncodedDialogue(
            new int[] {1, 2, 3, 4, 5, 6, 7, 8},
            new boolean[] {false, true, false, false, true, true, true, false});
    assertThat(whole.truncatedTo(8)).isSameAs(whole);
    assertThat(whole.truncatedTo(7).ids()).containsExactly(1, 2, 3, 4, 5, 6, 7);
    assertThat(whole.truncatedTo(5).ids()).containsExactly(3, 4, 5, 6, 7);
    assertThat(whole.truncatedTo(4).ids()).containsExactly(4, 5, 6, 7);
    EncodedDialogue cut = whole.truncatedTo(3); // now the answer loses its end
    assertThat(cut.ids()).containsExactly(4, 5, 6);
    assertThat(cut.loss()).containsExactly(false, true, true);
    assertThat(whole.truncatedTo(2).ids()).containsExactly(4, 5);
  }

  @Test
  void refusesToTruncateAnAnswerToNothing() {
    EncodedDialogue dialogue =
        new EncodedDialogue(new int[] {1, 2, 3}, new boolean[] {false, true, true});
    assertThatThrownBy(() -> dialogue.truncatedTo(1))
        .isInstanceOf(ModelFormatException.class)
        .hasMessage(
            "answer truncated to nothing: the conversation has 3 tokens, 2 of them learned, "
                + "max_length is 1. Raise max_length.");
    EncodedDialogue prompt = new EncodedDialogue(new int[] {1, 2}, new boolean[2]);
    assertThatThrownBy(() -> prompt.truncatedTo(1)).hasMessageContaining("0 of them learned");
    assertThat(prompt.promptLength()).isEqualTo(2);
    assertThatThrownBy(() -> new EncodedDialogue(new int[1], new boolean[2]))
        .hasMessage("1 ids but 2 loss flags");
  }

  @Test
  void aTokenAcrossTheBorderOfAnAnswerIsNotTaken(@TempDir Path other) {
    ChatTemplate joins =
        ChatTemplates.ofJinja(
            "{% for m in messages %}{{ m.content }}{% endfor %}",
            JsonFiles.object(), Clock.systemUTC());
    ByteLevelBpeTrainer.train(List.of("abab abab ab").iterator(), 262, SpecialNames.CHAT_ML)
        .write(other, SpecialNames.chatMl());
    List<ChatMessage> turns = List.of(ChatMessage.user("a"), ChatMessage.assistant("b"));
    try (TextTokenizer merging = TextTokenizer.open(other)) {
      assertThat(merging.encode("ab", false)).hasSize(1);
      EncodedDialogue dialogue = EncodedDialogue.of(joins, merging, turns);
      assertThat(dialogue.loss()).containsExactly(false, true);
      assertThat(dialogue.ids())
          .startsWith(EncodedDialogue.prompt(joins, merging, turns.subList(0, 1)));
    }
  }

  @Test
  void answersAreCutBehindTheirFirstEndToken() {
    EncodedDialogue marked =
        new EncodedDialogue(
            new int[] {1, 7, 1, 7, 5, 1, 8},
            new boolean[] {false, true, false, true, true, false, true});
    assertThat(marked.answerEnd(Set.of(8))).isEqualTo(7);
    EncodedDialogue newline =
        new EncodedDialogue(new int[] {1, 5, 7, 9}, new boolean[] {false, true, true, true});
    assertThat(newline.answerEnd()).isEqualTo(4);
    assertThat(newline.answerEnd(Set.of(7))).isEqualTo(3);
  }
}
