package io.promdisco.sim;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.promdisco.util.UserFiles;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * Reads Kubernetes objects from files, as {@code kubectl get … -o yaml} or {@code -o json} writes
 * them: several documents a file, {@code kind: List} and typed lists (whose items need not say
 * their kind), status included. Objects of kinds that no discovery reads are left out.
 */
public final class Manifests {
  private final List<ObjectNode> objects = new ArrayList<>();
  private final List<String> problems = new ArrayList<>();

  private Manifests() {}

  /**
   * Reads files, and of folders every file below that ends in {@code .yaml}, {@code .yml} or {@code
   * .json} (hidden ones not), in the order of their names.
   *
   * @return the objects of the kinds in {@code Resource.ALL}, in order; the caller's own
   * @throws ManifestException if anything is broken; it names all problems with file, line and
   *     document
   */
  public static List<ObjectNode> read(List<Path> paths) throws ManifestException {
    Manifests manifests = new Manifests();
    for (Path path : paths) {
      manifests.add(path);
    }
    if (!manifests.problems.isEmpty()) {
      throw new ManifestException(manifests.problems);
    }
    return manifests.objects;
  }

  /**
   * Reads the documents of one file as they are, whatever they hold; empty ones are left out.
   *
   * @throws ManifestException if the file cannot be read or parsed
   */
  public static List<JsonNode> documents(Path file) throws ManifestException {
    Manifests manifests = new Manifests();
    List<JsonNode> contents = new ArrayList<>();
    for (Document document : manifests.parse(file, UserFiles::openArgument)) {
      if (!document.content().isNull()) {
        contents.add(document.content());
      }
    }
    if (!manifests.problems.isEmpty()) {
      throw new ManifestException(manifests.problems);
    }
    return contents;
  }

  private void add(Path path) {
    if (!Files.isDirectory(path)) {
      addFile(path, UserFiles::openArgument);
      return;
    }
    try (Stream<Path> below = Files.walk(path)) {
      below
          .filter(file -> isManifest(path, file))
          .sorted()
          .forEach(file -> addFile(file, UserFiles::open));
    } catch (IOException e) {
      problems.add(path + ": cannot be read (" + e.getMessage() + ")");
    }
  }

  private static boolean isManifest(Path folder, Path file) {
    for (Path part : folder.relativize(file)) {
      if (part.toString().startsWith(".")) {
        return false;
      }
    }
    String name = file.toString().toLowerCase(Locale.ROOT);
    return (name.endsWith(".yaml") || name.endsWith(".yml") || name.endsWith(".json"))
        && Files.isRegularFile(file);
  }

  /** Opens a file of which so many bytes may be read. */
  private interface Opener {
    InputStream open(Path file, long most) throws IOException;
  }

  private void addFile(Path file, Opener opener) {
    for (Document document : parse(file, opener)) {
      if (!document.content().isNull()) {
        addObject(place(file, document), document.content(), "", "");
      }
    }
  }

  private static String place(Path file, Document document) {
    return file + ":" + document.line() + ": document " + document.number();
  }

  private void addObject(String place, JsonNode node, String apiVersion, String kind) {
    if (!(node instanceof ObjectNode object)) {
      problems.add(place + ": " + node.getNodeType() + " (expected: a Kubernetes object)");
      return;
    }
    if (!kind.isEmpty()) {
      setIfMissing(object, "kind", kind);
      setIfMissing(object, "apiVersion", apiVersion);
    }
    String ownKind = Json.text(object, "kind");
    if (ownKind.isEmpty() || Json.text(object, "apiVersion").isEmpty()) {
      String missing = ownKind.isEmpty() ? "kind" : "apiVersion";
      problems.add(place + ": " + missing + ": missing (expected: as in a manifest for kubectl)");
    } else if (ownKind.endsWith("List") && object.has("items")) {
      addItems(place, object, ownKind.substring(0, ownKind.length() - "List".length()));
    } else if (Kinds.find(object).isPresent()) {
      if (Json.text(object, "metadata", "name").isEmpty()) {
        problems.add(
            place + ": metadata.name: missing (expected: the name of the " + ownKind + ")");
      } else {
        objects.add(object);
      }
    }
  }

  private void addItems(String place, ObjectNode list, String kind) {
    String apiVersion = Json.text(list, "apiVersion");
    int index = 0;
    for (JsonNode item : list.get("items")) {
      addObject(place + ": items[" + index + "]", item, apiVersion, kind);
      index++;
    }
  }

  private static void setIfMissing(ObjectNode object, String name, String value) {
    if (!object.has(name)) {
      object.put(name, value);
    }
  }

  private List<Document> parse(Path file, Opener opener) {
    List<Document> out = new ArrayList<>();
    try (InputStream in = opener.open(file, mostBytes())) {
      byte[] bytes = in.readAllBytes();
      if (looksLikeJson(bytes)) {
        parseJson(bytes, out);
      } else {
        YamlDocuments.read(new String(bytes, StandardCharsets.UTF_8), out);
      }
    } catch (IOException e) {
      problems.add(
          e instanceof UserFiles.RefusedException
              ? file + ": " + e.getMessage()
              : file + ": cannot be read (" + e + ")");
    } catch (Document.BrokenException e) {
      problems.add(file + ":" + e.line() + ": document " + e.number() + ": " + e.getMessage());
    }
    return out;
  }

  /** Half of the heap, in which the objects must have room too. */
  private static long mostBytes() {
    return Math.min(Integer.MAX_VALUE - 64, Runtime.getRuntime().maxMemory() / 2);
  }

  private static boolean looksLikeJson(byte[] bytes) {
    for (byte b : bytes) {
      if (b > ' ') {
        return b == '{';
      }
    }
    return false;
  }

  /**
   * JSON objects, one after the other; or else YAML, which may begin with a brace too. If it is
   * neither, the reader that came further knows better what is wrong.
   */
  private static void parseJson(byte[] bytes, List<Document> out)
      throws IOException, Document.BrokenException {
    List<Document> json = new ArrayList<>();
    try (JsonParser parser = Json.FACTORY.createParser(bytes)) {
      while (parser.nextToken() != null) {
        int line = parser.currentTokenLocation().getLineNr();
        json.add(new Document(json.size() + 1, line, Json.read(parser)));
      }
      out.addAll(json);
    } catch (JsonProcessingException e) {
      int line = e.getLocation() == null ? 1 : e.getLocation().getLineNr();
      try {
        YamlDocuments.read(new String(bytes, StandardCharsets.UTF_8), out);
      } catch (Document.BrokenException asYaml) {
        if (asYaml.line() > line) {
          throw asYaml;
        }
        out.clear();
        out.addAll(json);
        throw new Document.BrokenException(json.size() + 1, line, e.getOriginalMessage(), e);
      }
    }
  }
}
