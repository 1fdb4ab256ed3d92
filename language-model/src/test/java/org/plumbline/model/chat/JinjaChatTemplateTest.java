package org.plumbline.model.chat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.plumbline.model.ModelFormatException;
import org.plumbline.model.tokenizer.ByteLevelBpeTrainer;
import org.plumbline.model.tokenizer.SpecialNames;
import org.plumbline.model.tokenizer.TextTokenizer;

/** Templates of folders, what is trained of a conversation, and what is refused. */
class JinjaChatTemplateTest {
  private static final Clock CLOCK =
      Clock.fixed(Instant.parse("2026-11-21T00:00:00Z"), ZoneOffset.UTC);
  private static final List<ChatMessage> TURNS =
      List.of(
          ChatMessage.system("Be brief."),
          ChatMessage.user("May I?"),
          ChatMessage.assistant(" Yes "),
          ChatMessage.user("Sure?"),
          ChatMessage.assistant("Sure."));

  /** Trims contents, begins with a BOS, ends each turn. */
  private static final String TRIMS =
      "{{ bos_token }}{% for m in messages %}[{{ m.role }}]{{ m.content | trim }}<|im_end|>\n"
          + "{% endfor %}{% if add_generation_prompt %}[assistant]{% endif %}";

  @TempDir private Path folder;
  private TextTokenizer tokenizer;

  @BeforeEach
  void open() {
    ByteLevelBpeTrainer.train(List.<String>of().iterator(), 259, SpecialNames.CHAT_ML)
        .write(folder, SpecialNames.chatMl());
    tokenizer = TextTokenizer.open(folder);
  }

  @AfterEach
  void close() {
    tokenizer.close();
  }

  private ChatTemplate template(String source) {
    try {
      Files.writeString(folder.resolve("chat_template.jinja"), source);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    return ChatTemplates.forFolder(folder, tokenizer, CLOCK);
  }

  private static List<String> trained(
      ChatTemplate template, Conversation conversation, MaskPolicy policy) {
    return template.render(conversation, policy, false).stream()
        .filter(Segment::trained)
        .map(Segment::text)
        .toList();
  }

  private static List<String> trained(ChatTemplate template, MaskPolicy policy) {
    return trained(template, Conversation.of(TURNS), policy);
  }

  private static ChatMessage message(String json) {
    try {
      return ChatMessage.of((ObjectNode) new ObjectMapper().readTree(json));
    } catch (JsonProcessingException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void answersAreFoundByPrefixesWithTheirEndToken() {
    ChatTemplate template = template(TRIMS);
    assertThat(template.endToken()).isEqualTo("<|im_end|>");
    assertThat(trained(template, MaskPolicy.assistantTurns()))
        .containsExactly("Yes<|im_end|>", "Sure.<|im_end|>");
    assertThat(trained(template, MaskPolicy.lastAnswer())).containsExactly("Sure.<|im_end|>");
    assertThat(trained(template, MaskPolicy.none())).isEmpty();
    assertThat(trained(template, MaskPolicy.roles(Set.of("user", "assistant"))))
        .containsExactly("May I?<|im_end|>", "Yes<|im_end|>", "Sure?<|im_end|>", "Sure.<|im_end|>");
  }

  @Test
  void generationMarksAreTaken() {
    ChatTemplate template =
        template(
            "{% for m in messages %}[{{ m.role }}]{% if m.role == 'assistant' %}{% generation %}"
                + "{{ m.content }}{% endgeneration %}{% else %}{{ m.content }}{% endif %}<|im_end|>"
                + "{% endfor %}{{ '[assistant]' if add_generation_prompt }}");
    assertThat(trained(template, MaskPolicy.assistantTurns())).containsExactly(" Yes ", "Sure.");
    assertThat(trained(template, MaskPolicy.lastAnswer())).containsExactly("Sure.");
  }

  @Test
  void toolsAndTheirCallsReachTheTemplate() {
    ChatTemplate template =
        template(
            "{% for t in tools %}{{ t | tojson }}{% endfor %}{% for m in messages %}[{{ m.role }}]"
                + "{{ m.content }}{% for c in m.tool_calls %}{{ c.function | tojson }}{% endfor %}"
                + "<|im_end|>{% endfor %}{{ '[assistant]' if add_generation_prompt }}");
    Conversation conversation =
        Conversation.of(
            List.of(
                ChatMessage.user("2+3?"),
                message(
                    "{\"role\":\"assistant\",\"content\":null,\"tool_calls\":[{\"function\":{\"name\":\"add\"}}]}"),
                message("{\"role\":\"tool\",\"name\":\"add\",\"content\":\"5\"}"),
                ChatMessage.assistant("5.")),
            new ObjectMapper().createArrayNode().add("add"));
    assertThat(template.text(conversation, false)).startsWith("\"add\"[user]2+3?");
    assertThat(trained(template, conversation, MaskPolicy.assistantTurns()))
        .containsExactly("None{\"name\": \"add\"}<|im_end|>", "5.<|im_end|>");
    assertThatThrownBy(() -> trained(template(TRIMS), conversation, MaskPolicy.assistantTurns()))
        .hasMessage(
            "message 1 (assistant): the template leaves out its call of the tool add, so it is not one for tools");
    assertThatThrownBy(() -> new ChatMl().text(conversation, true))
        .hasMessage("plain ChatML has no place for tools; needed: a chat template that knows them");
    assertThatThrownBy(() -> MaskPolicy.roles(Set.of("tool")))
        .hasMessage("role tool cannot be trained: tool results are not written by the model");
  }

  @Test
  void aTemplateThatRewritesEarlierTurnsIsRefused() {
    ChatTemplate template =
        template(
            "{% for m in messages %}[{{ m.role }}]{{ m.content if loop.last or m.role == 'user' "
                + "else m.content.split('</think>')[-1] }}<|im_end|>{% endfor %}"
                + "{{ '[assistant]' if add_generation_prompt }}");
    List<ChatMessage> turns =
        List.of(
            ChatMessage.user("A?"),
            ChatMessage.assistant("<think>hm</think>B"),
            ChatMessage.user("C?"),
            ChatMessage.assistant("<think>so</think>D"));
    assertThatThrownBy(() -> trained(template, Conversation.of(turns), MaskPolicy.assistantTurns()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "message 1 (assistant): the template writes it differently once the conversation goes on: "
                + "at the end of a conversation \"<think>hm</think>B<|im_end|>\", here \"B<|im_end|>[user]C?<|im_end|>[assistant]…\". "
                + "Templates that strip thinking from earlier turns do this; train the last answer only, "
                + "or give the model a template with {% generation %} marks");
    assertThat(trained(template, Conversation.of(turns), MaskPolicy.lastAnswer()))
        .containsExactly("<think>so</think>D<|im_end|>");
  }

  @Test
  void aPromptThatIsNotTheBeginningIsRefused() {
    ChatTemplate template =
        template(
            "{% for m in messages %}[{{ m.role }}]{{ m.content }}{% endfor %}"
                + "{{ '[assistant]<think>' if add_generation_prompt }}");
    assertThatThrownBy(() -> trained(template, MaskPolicy.lastAnswer()))
        .hasMessage(
            "message 4 (assistant): the prompt for it is not how the template writes what comes before it: "
                + "the prompt goes on with \"<think>\", the conversation with \"Sure.\". "
                + "Such a template can prompt a model but not train it");
    assertThatThrownBy(
            () ->
                trained(
                    template("{% for m in messages %}{{ m.content|upper }}{% endfor %}"),
                    MaskPolicy.lastAnswer()))
        .hasMessage(
            "message 4 (assistant): its content \"Sure.\" is not in the rendered text, so the template rewrites it");
  }

  @Test
  void theDateIsTheSameInAllPartsOfARendering() {
    ChatTemplate template =
        template(
            "{{ strftime_now('%d %b %Y') }}{% for m in messages %}[{{ m.role }}]{{ m.content }};{% endfor %}");
    assertThat(template.text(TURNS.subList(0, 1), false))
        .isEqualTo("21 Nov 2026[system]Be brief.;");
    assertThat(template.endToken()).isEmpty();
    assertThat(trained(template, MaskPolicy.lastAnswer())).containsExactly("[assistant]Sure.;");
  }

  @Test
  void theBosIsTheTemplatesBusiness() throws IOException {
    Files.writeString(
        folder.resolve("tokenizer_config.json"),
        "{\"bos_token\":{\"content\":\"<|endoftext|>\"},\"eos_token\":\"<|im_end|>\"}");
    ChatTemplate template = template(TRIMS);
    assertThat(template.addsTokenizerSpecials()).isFalse();
    assertThat(template.text(TURNS, true)).startsWith("<|endoftext|>[system]");
    int[] ids = EncodedDialogue.prompt(template, tokenizer, TURNS);
    assertThat(ids[0]).isZero();
    assertThat(java.util.Arrays.stream(ids).filter(id -> id == 0)).hasSize(1);
  }

  @Test
  void sourcesAreFoundAsInTransformers() throws IOException {
    Path config = folder.resolve("tokenizer_config.json");
    Files.delete(folder.resolve("chat_template.jinja"));
    Files.writeString(
        config,
        "{\"chat_template\":[{\"name\":\"default\",\"template\":\"plain {{ pad_token }}\"},"
            + "{\"name\":\"tool_use\",\"template\":\"tools\"}]}");
    Files.writeString(
        folder.resolve("special_tokens_map.json"), "{\"pad_token\":\"<|endoftext|>\"}");
    ChatTemplate named = ChatTemplates.forFolder(folder, tokenizer, CLOCK);
    assertThat(named.text(TURNS, false)).isEqualTo("plain <|endoftext|>");
    assertThat(
            named.text(
                Conversation.of(TURNS, new ObjectMapper().createArrayNode().add("f")), false))
        .isEqualTo("tools");
    Files.writeString(config, "{\"chat_template\":[{\"name\":\"rag\",\"template\":\"x\"}]}");
    assertThatThrownBy(() -> ChatTemplates.forFolder(folder, tokenizer, CLOCK))
        .isInstanceOf(ModelFormatException.class)
        .hasMessageContaining("holds the chat templates rag, but none named default");
    Files.writeString(config, "{\"chat_template\":\"from the config\"}");
    assertThat(ChatTemplates.forFolder(folder, tokenizer, CLOCK).text(TURNS, false))
        .isEqualTo("from the config");
    assertThat(template("from the file").text(TURNS, false)).isEqualTo("from the file");
    assertThatThrownBy(() -> template("{% if %}"))
        .isInstanceOf(ModelFormatException.class)
        .hasMessageContaining("chat template line 1, column 7");
  }

  @Test
  void anOpenMessageIsContinued() {
    ChatTemplate template = template(TRIMS);
    Conversation conversation = Conversation.of(TURNS.subList(0, 3));
    assertThat(ContinuedMessage.text(template, conversation))
        .isEqualTo("[system]Be brief.<|im_end|>\n[user]May I?<|im_end|>\n[assistant]Yes");
    assertThat(
            ContinuedMessage.segments(template, conversation, MaskPolicy.assistantTurns()).stream()
                .filter(Segment::trained))
        .containsExactly(new Segment("Yes", true));
  }

  @Test
  void builtInTemplatesSpellTheirFamiliesFormats() {
    List<ChatMessage> turns =
        List.of(
            ChatMessage.system("S"),
            ChatMessage.user("Q"),
            ChatMessage.assistant("A"),
            ChatMessage.user("R"));
    assertThat(ChatTemplates.named("llama-2").text(turns, true))
        .isEqualTo("<s>[INST] <<SYS>>\nS\n<</SYS>>\n\nQ [/INST] A </s><s>[INST] R [/INST]");
    assertThat(ChatTemplates.named("alpaca").text(turns, true))
        .isEqualTo(
            "<s>S\n\n### Instruction:\nQ\n\n### Response:\nA</s>\n\n### Instruction:\nR\n\n### Response:\n");
    assertThat(ChatTemplates.named("vicuna").text(turns, true))
        .isEqualTo("<s>S USER: Q ASSISTANT: A</s>USER: R ASSISTANT:");
    assertThat(ChatTemplates.named("zephyr").text(turns, true))
        .isEqualTo(
            "<|system|>\nS</s>\n<|user|>\nQ</s>\n<|assistant|>\nA</s>\n<|user|>\nR</s>\n<|assistant|>\n");
    assertThat(ChatTemplates.named("chatml").text(turns, true))
        .isEqualTo(new ChatMl().text(turns, true));
    assertThat(ChatTemplates.named("internlm").text(turns, true))
        .isEqualTo("<s><|System|>:S\n<|User|>:Q\n<|Bot|>:A<eoa>\n<|User|>:R\n<|Bot|>:");
    for (String name : ChatTemplates.names()) {
      ChatTemplate template = ChatTemplates.named(name);
      List<String> answer =
          trained(template, Conversation.of(turns.subList(0, 3)), MaskPolicy.lastAnswer());
      assertThat(answer).as(name).hasSize(1);
      assertThat(answer.get(0)).contains("A").endsWith(template.endToken());
    }
    assertThat(ChatTemplates.named("zephyr", tokenizer).endToken()).isEqualTo("<|im_end|>");
    assertThatThrownBy(() -> ChatTemplates.named("llama"))
        .hasMessage(
            "chat template llama is unknown; built in: llama-2, alpaca, vicuna, zephyr, chatml, internlm");
  }
}
