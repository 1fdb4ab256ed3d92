package org.plumbline.feedback;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * The sample world's judge as a real HTTP server on the loopback interface, in OpenAI's chat
 * format. It reads the question back from the request's text and knows nothing else.
 */
public final class SampleJudgeServer implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();

  static {
    // Else every reply waits some 40 ms for the client's delayed acknowledgement.
    if (System.getProperty("sun.net.httpserver.nodelay") == null) {
      System.setProperty("sun.net.httpserver.nodelay", "true");
    }
  }

  private static final byte[] LOOPBACK = {127, 0, 0, 1};

  private final PairOpinion opinion;
  private final HttpServer server;
  private final ExecutorService workers;

  private SampleJudgeServer(PairOpinion opinion) throws IOException {
    this.opinion = opinion;
    server = HttpServer.create(new InetSocketAddress(InetAddress.getByAddress(LOOPBACK), 0), 64);
    workers =
        Executors.newFixedThreadPool(
            4,
            task -> {
              Thread thread = new Thread(task, "sample-judge");
              thread.setDaemon(true);
              return thread;
            });
    server.setExecutor(workers);
    server.createContext("/v1/chat/completions", this::handle);
  }

  /** Starts a server on a free port of this machine. */
  public static SampleJudgeServer start(PairOpinion opinion) {
    try {
      SampleJudgeServer started = new SampleJudgeServer(opinion);
      started.server.start();
      return started;
    } catch (IOException e) {
      throw new UncheckedIOException("cannot open a port on the loopback interface", e);
    }
  }

  /** Base address, as {@code judge.url} takes it. */
  public String url() {
    InetSocketAddress bound = server.getAddress();
    return "http://%s:%d/v1".formatted(bound.getAddress().getHostAddress(), bound.getPort());
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      answer(exchange);
    }
  }

  private void answer(HttpExchange exchange) throws IOException {
    try {
      JsonNode request = JSON.readTree(exchange.getRequestBody());
      Optional<JudgeQuestion> question =
          turns(request)
              .filter(turn -> turn.path("role").asText().equals("user"))
              .findFirst()
              .flatMap(turn -> JudgePrompt.read(turn.path("content").asText()));
      if (question.isEmpty()) {
        send(exchange, 400, error("the first user turn holds no question in our form"));
      } else {
        send(exchange, 200, completion(request, question.get()));
      }
    } catch (JsonProcessingException e) {
      send(exchange, 400, error("the request is not JSON"));
    }
  }

  private ObjectNode completion(JsonNode request, JudgeQuestion question) {
    double probability =
        opinion.probabilityA(question.prompt(), question.answerA(), question.answerB());
    String winner = probability > 0.5 ? "A" : probability < 0.5 ? "B" : "tie";
    ObjectNode reply = JSON.createObjectNode();
    reply.put("object", "chat.completion").put("model", request.path("model").asText());
    ObjectNode choice = reply.putArray("choices").addObject();
    choice.put("index", 0).put("finish_reason", "stop");
    String content = "{\"winner\": \"" + winner + "\"}";
    choice.putObject("message").put("role", "assistant").put("content", content);
    if (request.path("logprobs").asBoolean() && !winner.equals("tie")) {
      choice.putObject("logprobs").set("content", tokens(winner, probability));
    }
    long read = turns(request).mapToLong(turn -> words(turn.path("content").asText())).sum();
    ObjectNode usage = reply.putObject("usage");
    usage.put("prompt_tokens", read).put("completion_tokens", words(content));
    usage.put("total_tokens", read + words(content));
    return reply;
  }

  private static ArrayNode tokens(String winner, double probability) {
    ArrayNode tokens = JSON.createArrayNode();
    tokens.addObject().put("token", "{\"winner\": \"").put("logprob", 0.0);
    double chosen = Math.log(winner.equals("A") ? probability : 1 - probability);
    ObjectNode letter = tokens.addObject().put("token", winner).put("logprob", chosen);
    ArrayNode rivals = letter.putArray("top_logprobs");
    rivals.addObject().put("token", "A").put("logprob", Math.log(Math.max(probability, 1e-9)));
    rivals.addObject().put("token", "B").put("logprob", Math.log(Math.max(1 - probability, 1e-9)));
    tokens.addObject().put("token", "\"}").put("logprob", 0.0);
    return tokens;
  }

  private static Stream<JsonNode> turns(JsonNode request) {
    return StreamSupport.stream(request.path("messages").spliterator(), false);
  }

  private static long words(String text) {
    return text.split("\\s+").length;
  }

  private static ObjectNode error(String message) {
    ObjectNode error = JSON.createObjectNode();
    error.putObject("error").put("message", message).put("type", "invalid_request_error");
    return error;
  }

  private static void send(HttpExchange exchange, int status, ObjectNode body) throws IOException {
    byte[] bytes = body.toString().getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    exchange.sendResponseHeaders(status, bytes.length);
    try (OutputStream out = exchange.getResponseBody()) {
      out.write(bytes);
    }
  }

  @Override
  public void close() {
    server.stop(0);
    workers.shutdownNow();
  }
}
