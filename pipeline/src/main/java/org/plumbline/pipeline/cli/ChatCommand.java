package org.plumbline.pipeline.cli;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.plumbline.model.adapter.Adapter;
import org.plumbline.model.chat.ChatEncoder;
import org.plumbline.model.chat.ChatMessage;
import org.plumbline.model.config.GenerationConfig;
import org.plumbline.model.generation.Generated;
import org.plumbline.model.generation.Generator;
import org.plumbline.model.generation.StopTexts;
import org.plumbline.model.tokenizer.TextTokenizer;
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
  private static final GenerationOptions.Wanted WANTED =
      new GenerationOptions.Wanted(1, false, 256, 0.7);

  private final Terminal terminal;
  @Mixin private ModelOptions model = new ModelOptions();

  @Option(
      names = "--system",
      paramLabel = "TEXT",
      description = "first message of each conversation")
  private @Nullable String system;

  @Mixin private GenerationOptions generation = new GenerationOptions();

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
    generation.check(WANTED);
    try (ModelOptions.Loaded loaded = model.load(terminal);
        ChatEncoder encoder = loaded.encoder();
        Generator generator = new Generator(loaded.model(), 1)) {
      GenerationOptions.Settings settings =
          generation.over(
              GenerationConfig.read(loaded.folder(), loaded.model().config()),
              encoder.stopIds(),
              WANTED);
      Replies replies = new Replies(loaded, encoder, generator, settings);
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
        conversation.add(ChatMessage.assistant(reply(replies, conversation, turn++)));
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

  /** What one session's replies have in common. */
  private record Replies(
      ModelOptions.Loaded loaded,
      ChatEncoder encoder,
      Generator generator,
      GenerationOptions.Settings settings) {}

  /** Prints the reply, as it is drawn unless it is searched for, and gives its text. */
  private String reply(Replies replies, List<ChatMessage> conversation, int turn) {
    TextTokenizer tokenizer = replies.encoder().tokenizer();
    GenerationOptions.Settings settings = replies.settings();
    StopTexts stops = new StopTexts(tokenizer, settings.stops());
    StreamedReply stream =
        new StreamedReply(
            tokenizer.streamingDecoder(true), stops, settings.stops(), terminal.out());
    List<int[]> prompt = List.of(replies.encoder().prompt(conversation));
    List<Adapter> active = replies.loaded().active();
    boolean search = settings.beams().searches();
    Generated reply =
        (search
                ? replies
                    .generator()
                    .search(prompt, active, settings.sampling(), settings.beams(), 1, stops)
                : replies
                    .generator()
                    .generate(
                        prompt,
                        active,
                        settings.sampling(),
                        row -> RandomStreams.of(seed, "chat", turn),
                        (row, ids, length) -> {
                          stream.next(ids[length - 1]);
                          return stops.ended(row, ids, length);
                        }))
            .get(0);
    int[] ids = withoutEnd(reply.ids(), settings.sampling().stopIds());
    if (search) {
      Arrays.stream(ids).forEach(stream::next);
    }
    stream.finish();
    return stops.cut(tokenizer.decode(ids, true));
  }

  private static int[] withoutEnd(int[] ids, Set<Integer> stopIds) {
    boolean ended = ids.length > 0 && stopIds.contains(ids[ids.length - 1]);
    return ended ? Arrays.copyOf(ids, ids.length - 1) : ids;
  }
}
