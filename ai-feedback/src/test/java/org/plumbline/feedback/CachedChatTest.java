package org.plumbline.feedback;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.plumbline.stage.UserException;

class CachedChatTest {
  @TempDir Path directory;

  private List<Verdict> label(Path file, Chat chat, int concurrency) {
    try (ReplyJournal journal = new ReplyJournal(file)) {
      Judge single =
          new ChatJudge(new CachedChat(chat, journal), TestJudges.config("http://localhost/v1"));
      return new LabelRun(new SwapJudge(single), concurrency, () -> false, done -> {})
          .label(TestJudges.questions(6));
    }
  }

  @Test
  void journalCutAnywhereAsksOnlyWhatIsMissingAndEndsTheSame() throws IOException {
    Path file = directory.resolve("cache.jsonl");
    List<Verdict> unbroken = label(file, new FakeChat(), 1);
    byte[] bytes = Files.readAllBytes(file);
    for (int length = 0; length <= bytes.length; length += 7) {
      Path cut = directory.resolve("cut.jsonl");
      Files.write(cut, Arrays.copyOf(bytes, length));
      FakeChat chat = new FakeChat();
      int end = length;
      int whole = (int) IntStream.range(0, end).filter(i -> bytes[i] == '\n').count();

      List<Verdict> resumed = label(cut, chat, 1);

      assertThat(chat.calls.get()).isEqualTo(12 - whole);
      assertThat(resumed).isEqualTo(unbroken);
      assertThat(Files.readAllBytes(cut)).isEqualTo(bytes);
    }
  }

  @Test
  void secondRunCallsNobody() {
    Path file = directory.resolve("cache.jsonl");
    List<Verdict> first = label(file, new FakeChat(), 4);
    FakeChat chat = new FakeChat();

    assertThat(label(file, chat, 4)).isEqualTo(first);
    assertThat(chat.calls).hasValue(0);
  }

  @Test
  void replayAnswersFromTheCacheAndSaysWhenItLacksAReply() {
    JudgeConfig replay = replay(TestJudges.config("http://localhost:1/v1"));
    Path file = directory.resolve("cache.jsonl");
    label(file, new FakeChat(), 1);

    try (JudgeSession session = JudgeSession.open(replay, file, TestJudges.NO_SAMPLE_WORLD)) {
      assertThat(session.judge().compare(TestJudges.question(3)).outcome())
          .isEqualTo(TestJudges.right(TestJudges.question(3)));
      assertThatThrownBy(() -> session.judge().compare(TestJudges.question(77)))
          .isInstanceOf(UserException.class)
          .hasMessageContaining("judge.replay is on but")
          .hasMessageContaining("cache.jsonl lacks a reply");
      assertThat(session.counts()).containsEntry("requests", 0.0);
    }
  }

  @Test
  void equalQuestionsAtOnceAreAskedOnce() throws Exception {
    CountDownLatch together = new CountDownLatch(1);
    FakeChat chat = new FakeChat();
    Chat slow =
        request -> {
          try {
            together.await();
          } catch (InterruptedException e) {
            throw new IllegalStateException(e);
          }
          return chat.complete(request);
        };
    ChatRequest request =
        new ChatRequest(
            "m", 0, 9, true, false, new JudgePrompt("c").messages(TestJudges.question(0)));
    ExecutorService pool = Executors.newFixedThreadPool(4);
    try (ReplyJournal journal = new ReplyJournal(directory.resolve("one.jsonl"))) {
      CachedChat cached = new CachedChat(slow, journal);
      List<Future<ChatReply>> replies =
          IntStream.range(0, 4).mapToObj(i -> pool.submit(() -> cached.complete(request))).toList();
      together.countDown();
      for (Future<ChatReply> reply : replies) {
        assertThat(reply.get().content()).isEqualTo("{\"winner\": \"A\"}");
      }
      assertThat(chat.calls).hasValue(1);
      assertThat(journal.size()).isEqualTo(1);
    } finally {
      pool.shutdownNow();
    }
  }

  @Test
  void refusedRequestsAreNotKept() {
    Chat refusing =
        request -> new ChatReply("too long", ChatReply.REFUSED, Usage.NOTHING, Optional.empty());
    Path file = directory.resolve("refused.jsonl");

    assertThat(label(file, refusing, 1)).allMatch(v -> v.outcome() == Outcome.NONE);
    assertThat(file).isEmptyFile();
  }

  private static JudgeConfig replay(JudgeConfig c) {
    return new JudgeConfig(
        c.url(),
        c.model(),
        c.apiKeyEnv(),
        c.temperature(),
        c.bothOrders(),
        c.criteria(),
        c.jsonMode(),
        c.logprobs(),
        c.maxTokens(),
        c.timeout(),
        c.retries(),
        c.retryWait(),
        c.requestsPerSecond(),
        c.concurrency(),
        c.cache(),
        true,
        c.promptPrice(),
        c.completionPrice());
  }
}
