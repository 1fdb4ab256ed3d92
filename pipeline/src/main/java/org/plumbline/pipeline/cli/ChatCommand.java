package org.plumbline.pipeline.cli;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.plumbline.model.chat.ChatEncoder;
import org.plumbline.model.chat.ChatMessage;
import org.plumbline.model.generation.Generated;
import org.plumbline.model.generation.Generator;
import org.plumbline.model.generation.SamplingConfig;
import org.plumbline.model.tokenizer.StreamingDecoder;
import org.plumbline.stage.RandomStreams;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code plumbline chat}. */
@Command(
    name = "chat",
    mixinStandardHelpOptions = true,
    description =
        "Talk to a model on the terminal; an empty line starts anew, end of input leaves.")
final class ChatCommand implements Callable<Integer> {
  private final Terminal terminal;
  @Mixin private ModelOptions model = new ModelOptions();

  @Option(
      names = "--system",
      paramLabel = "TEXT",
      description = "first message of each conversation")
  private @Nullable String system;

  @Option(names = "--temperature", paramLabel = "T", defaultValue = "0.7")
  private double temperature = 0.7;

  @Option(names = "--max-new-tokens", paramLabel = "N", defaultValue = "256")
  private int maxNewTokens = 256;

  @Option(names = "--seed", paramLabel = "S", defaultValue = "7")
  private long seed = 7;

  @Option(names = "--debug", description = "show stack traces")
  private boolean debug;

  ChatCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws Exception {
    terminal.debug().set(debug);
    try (ModelOptions.Loaded loaded = model.load();
        ChatEncoder encoder = loaded.encoder();
        Generator generator = new Generator(loaded.model(), 1)) {
      terminal.workBegins();
      BufferedReader in =
          new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
      List<ChatMessage> conversation = start();
      int turn = 0;
      while (true) {
        terminal.out().print("> ");
        terminal.out().flush();
        String line = in.readLine();
        if (line == null) {
          terminal.out().println();
          return 0;
        }
        if (line.isBlank()) {
          conversation = start();
          continue;
        }
        conversation.add(ChatMessage.user(line));
        conversation.add(
            ChatMessage.assistant(reply(encoder, generator, loaded, conversation, turn++)));
      }
    }
  }

  private List<ChatMessage> start() {
    List<ChatMessage> conversation = new ArrayList<>();
    if (system != null) {
      conversation.add(ChatMessage.system(system));
    }
    return conversation;
  }

  /** Prints the reply as it is drawn, whole characters only. */
  private String reply(
      ChatEncoder encoder,
      Generator generator,
      ModelOptions.Loaded loaded,
      List<ChatMessage> conversation,
      int turn) {
    StreamingDecoder decoder = encoder.tokenizer().streamingDecoder(true);
    SamplingConfig sampling = SamplingConfig.pure(maxNewTokens, temperature, encoder.stopIds());
    Generated reply =
        generator
            .generate(
                List.of(encoder.prompt(conversation)),
                loaded.active(),
                sampling,
                row -> RandomStreams.of(seed, "chat", turn),
                (row, ids, length) -> {
                  terminal.out().print(decoder.next(ids[length - 1]));
                  terminal.out().flush();
                  return false;
                })
            .get(0);
    int[] ids = reply.ids();
    if (reply.stopped()) {
      ids = Arrays.copyOf(ids, ids.length - 1);
    }
    terminal.out().println(decoder.finish());
    return encoder.tokenizer().decode(ids, true);
  }
}
