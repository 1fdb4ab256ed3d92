package org.plumbline.data.source;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.plumbline.stage.BadText;
import org.plumbline.stage.DamagedFileException;
import org.plumbline.stage.Json;
import org.plumbline.stage.JsonRow;
import org.plumbline.stage.UserException;

/** One JSON list whose elements are the rows, read element by element; rows count from 1. */
final class JsonListSource implements RowSource {
  /** Behind an element the next one follows, unlike behind a document. */
  private static final ObjectReader ELEMENTS =
      Json.mapper().reader().without(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

  private final Path file;
  private final BoundedRows bytes;
  private final JsonParser parser;
  private long row;
  private @Nullable JsonNode last;

  JsonListSource(Path file, InputStream in) throws IOException {
    this.file = file;
    this.bytes = new BoundedRows(in);
    this.parser = Json.mapper().getFactory().createParser(bytes);
  }

  @Override
  public @Nullable JsonRow next() throws IOException {
    bytes.rowBegins();
    last = null;
    try {
      if (row == 0) {
        parser.nextToken();
      }
      row++;
      if (parser.nextToken() == JsonToken.END_ARRAY) {
        nothingBehind();
        return null;
      }
      last = ELEMENTS.readTree(parser);
    } catch (JsonProcessingException e) {
      throw damaged("is not valid JSON: " + e.getOriginalMessage(), e);
    } catch (IOException e) {
      throw damaged(String.valueOf(e.getMessage()), e);
    }
    if (last == null) {
      throw damaged("the list ends here without its \"]\". Truncated file?", null);
    }
    JsonRow found = new JsonRow(file, row, last, "row " + row);
    Optional<String> fault = BadText.in(last);
    if (fault.isPresent()) {
      throw found.error(fault.get());
    }
    return found;
  }

  private void nothingBehind() throws IOException {
    if (parser.nextToken() != null) {
      throw damaged(
          "more follows behind the list's \"]\"; one list, or one object per line, is needed",
          null);
    }
  }

  private UserException damaged(String message, @Nullable IOException cause) {
    int line = parser.currentLocation().getLineNr();
    return new DamagedFileException(
        "%s row %d (line %d): %s".formatted(file, row, line, message),
        cause == null ? new IOException(message) : cause);
  }

  @Override
  public String rowText() {
    return last == null ? "" : last.toString();
  }

  @Override
  public void close() throws IOException {
    parser.close();
  }
}
