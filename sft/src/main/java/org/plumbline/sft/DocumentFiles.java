package org.plumbline.sft;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.plumbline.data.Demonstration;
import org.plumbline.data.Prompt;
import org.plumbline.data.format.DemonstrationReader;
import org.plumbline.stage.UserException;

/**
 * Documents as users have them: a text, Markdown or code file is one document, each row of a .jsonl
 * file is one text or dialogue. Folders are read in the order of their paths; hidden entries, links
 * and files of other kinds are passed over.
 */
final class DocumentFiles {
  private static final Set<String> PROSE =
      Set.of("txt", "text", "md", "markdown", "rst", "adoc", "tex", "html", "htm");
  private static final Set<String> CODE =
      Set.of(
          "c",
          "cc",
          "cpp",
          "cs",
          "css",
          "cxx",
          "ex",
          "go",
          "gradle",
          "groovy",
          "h",
          "hpp",
          "hs",
          "java",
          "jl",
          "js",
          "json",
          "jsx",
          "kt",
          "kts",
          "lua",
          "m",
          "ml",
          "php",
          "pl",
          "properties",
          "proto",
          "py",
          "r",
          "rb",
          "rs",
          "scala",
          "sh",
          "sql",
          "swift",
          "toml",
          "ts",
          "tsx",
          "vue",
          "xml",
          "yaml",
          "yml");

  private DocumentFiles() {}

  /** Whether the file is one document: a text, Markdown or code file by its name. */
  static boolean isDocument(Path file) {
    String extension = extension(file);
    return PROSE.contains(extension) || CODE.contains(extension);
  }

  private static boolean isRows(Path file) {
    return name(file).matches("(?i).*\\.jsonl(\\.gz)?");
  }

  private static String name(Path file) {
    return String.valueOf(file.getFileName());
  }

  private static String extension(Path file) {
    String name = name(file);
    return name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
  }

  /**
   * All documents of a folder.
   *
   * @throws UserException where it holds none, or a file is no UTF-8 text
   */
  static List<Demonstration> folder(Path folder) throws IOException {
    List<Demonstration> documents = new ArrayList<>();
    for (Path file : files(folder)) {
      if (isRows(file)) {
        documents.addAll(DemonstrationReader.read(file).rows());
      } else {
        String text = text(file);
        if (!text.isBlank()) {
          documents.add(document(folder.relativize(file).toString().replace('\\', '/'), text));
        }
      }
    }
    if (documents.isEmpty()) {
      throw new UserException(
          "%s holds no document; taken are .txt, .md and other text files, code files, and .jsonl with {\"text\"} rows"
              .formatted(folder));
    }
    return documents;
  }

  /** A text as a document. */
  static Demonstration document(String id, String text) {
    return new Demonstration(new Prompt(id, List.of()), text);
  }

  /**
   * The content of a text file, without a byte order mark.
   *
   * @throws UserException where it is no UTF-8 text
   */
  static String text(Path file) throws IOException {
    try {
      String text =
          StandardCharsets.UTF_8
              .newDecoder()
              .decode(ByteBuffer.wrap(Files.readAllBytes(file)))
              .toString();
      return text.startsWith("\uFEFF") ? text.substring(1) : text;
    } catch (CharacterCodingException e) {
      throw new UserException(
          file + " is not UTF-8 text; save it as UTF-8, or move it out of the folder", e);
    }
  }

  private static List<Path> files(Path folder) throws IOException {
    List<Path> files = new ArrayList<>();
    Files.walkFileTree(
        folder,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) {
            return hidden(directory) && !directory.equals(folder)
                ? FileVisitResult.SKIP_SUBTREE
                : FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            if (attributes.isRegularFile() && !hidden(file) && (isDocument(file) || isRows(file))) {
              files.add(file);
            }
            return FileVisitResult.CONTINUE;
          }
        });
    files.sort(Comparator.comparing(file -> folder.relativize(file).toString().replace('\\', '/')));
    return files;
  }

  private static boolean hidden(Path path) {
    return name(path).startsWith(".");
  }
}
