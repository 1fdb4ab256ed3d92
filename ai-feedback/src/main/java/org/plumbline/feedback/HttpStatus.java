package org.plumbline.feedback;

import java.util.Optional;
import okhttp3.HttpUrl;
import okhttp3.Response;

/** Says what a status that no retry can mend means for the person who wrote the config. */
final class HttpStatus {
  private HttpStatus() {}

  static String explain(HttpUrl address, int status, Response response, String body) {
    String cause =
        switch (status) {
          case 401, 403 ->
              "the key is missing or not accepted; check the variable named by judge.api_key_env";
          case 404 ->
              "no such route or model; check judge.url (it usually ends in /v1) and"
                  + " judge.model";
          case 301, 302, 303, 307, 308 ->
              "a redirect to %s, which is not followed: prompts go to the configured host only; set"
                      .formatted(Optional.ofNullable(response.header("Location")).orElse("nowhere"))
                  + " judge.url to the final address if you trust it";
          default -> "not a status of the chat-completions format";
        };
    return "judge at %s answered HTTP %d: %s. Response: %s".formatted(address, status, cause, body);
  }
}
