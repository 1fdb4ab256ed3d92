import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import org.plumbline.model.architecture.LoadOptions;
import org.plumbline.model.architecture.TransformerModel;
import org.plumbline.model.config.GenerationConfig;
import org.plumbline.model.config.LlamaSize;
import org.plumbline.model.config.NewModels;
import org.plumbline.model.config.SpecialIds;
import org.plumbline.model.config.TransformerConfig;
import org.plumbline.model.tokenizer.ByteLevelBpeTrainer;
import org.plumbline.model.tokenizer.SpecialNames;
import org.plumbline.model.tokenizer.TextTokenizer;

/**
 * Writes what tools/memory-plan.sh measures with: a random llama, and rows of 512
 * tokens. Arguments: folder, vocabulary, hidden size, MLP, layers, heads.
 */
final class MemoryModels {
  private static final int ROW = 512;

  private MemoryModels() {}

  public static void main(String[] args) throws IOException {
    Path folder = Files.createDirectories(Path.of(args[0]));
    int vocabulary = Integer.parseInt(args[1]);
    int hidden = Integer.parseInt(args[2]);
    int mlp = Integer.parseInt(args[3]);
    int layers = Integer.parseInt(args[4]);
    int heads = Integer.parseInt(args[5]);
    String words = "the pool closes at nine, the key is at the desk, guests may stay. ";
    ByteLevelBpeTrainer.train(List.of(words).iterator(), 280, SpecialNames.CHAT_ML)
        .write(folder, SpecialNames.chatMl());
    try (TextTokenizer tokenizer = TextTokenizer.open(folder)) {
      SpecialIds ids =
          new SpecialIds(
              OptionalInt.empty(),
              List.of(tokenizer.specialTokens().eos().orElseThrow().id()),
              OptionalInt.of(tokenizer.specialTokens().pad().orElseThrow().id()));
      TransformerConfig config =
          NewModels.llama(
              new LlamaSize(vocabulary, hidden, mlp, layers, heads, heads, 2048, 10_000, true),
              ids);
      try (TransformerModel model = TransformerModel.create(config, LoadOptions.full(), 1)) {
        model.save(folder);
      }
      GenerationConfig.of(ids).write(folder);
    }
    StringBuilder text = new StringBuilder();
    try (TextTokenizer tokenizer = TextTokenizer.open(folder)) {
      while (tokenizer.encode(text.toString(), false).length < ROW - 2) {
        text.append(words.charAt(text.length() % words.length()));
      }
    }
    Files.writeString(folder.resolve("rows.jsonl"), "{\"text\": \"%s\"}\n".formatted(text).repeat(8));
  }
}
