package io.promdisco.offline;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonStreamContext;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.promdisco.providers.kubernetes.client.decode.JsonDecoder;
import io.promdisco.providers.kubernetes.object.Resource;
import io.promdisco.util.UserFiles;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * Reads Kubernetes objects from files as {@code kubectl get … -o yaml} or {@code -o json} writes
 * them: several documents in a file, {@code kind: List} and typed lists (whose items need no kind),
 * including the status; UTF-8 or UTF-16, optionally compressed with gzip. Objects of kinds that
 * discovery does not read are ignored. Kinds that differ from a known one only in case or number,
 * and known ones in a Kubernetes API group that does not have them, are left out and reported by
 * name. Ingresses and endpoint slices of {@code v1beta1} are converted to {@code v1}.
 */
public final class ManifestReader {
  /** The path of standard input. */
  private static final Path STANDARD_INPUT = Path.of("-");

  private final Predicate<JsonNode> wanted;
  private final List<ObjectNode> objects = new ArrayList<>();
  private final List<ObjectNode> others = new ArrayList<>();
  private final Map<String, PlacedObject> places = new HashMap<>();
  private final List<String> broken = new ArrayList<>();
  private final List<LeftOut> leftOut = new ArrayList<>();
  private final List<String> warnings = new ArrayList<>();
  private int ignored;

  /**
   * @param wanted which objects are kept although discovery does not read them
   */
  private ManifestReader(Predicate<JsonNode> wanted) {
    this.wanted = wanted;
  }

  /**
   * An object that cannot be used.
   *
   * @param kind such as {@code Pod}; empty if missing
   * @param namespace empty if missing, or if the object has none
   * @param name empty if missing
   * @param problem for example {@code file:line: Pod shop/web-0: field: what (expected: …)}
   */
  public record LeftOut(String kind, String namespace, String name, String problem) {}

  /**
   * The content of files.
   *
   * @param objects the objects of the kinds in {@code Resource.ALL}, in order, including duplicates
   * @param others the objects of other kinds that the caller wants, in order, including duplicates
   * @param leftOut objects that discovery would read, but that are malformed or of an unknown
   *     version
   * @param warnings problems that do not affect other objects
   */
  public record Contents(
      List<ObjectNode> objects,
      List<ObjectNode> others,
      List<LeftOut> leftOut,
      List<String> warnings) {
    /** Copies the lists. */
    public Contents {
      others = List.copyOf(others);
      objects = List.copyOf(objects);
      leftOut = List.copyOf(leftOut);
      warnings = List.copyOf(warnings);
    }
  }

  private record PlacedObject(String text, ObjectNode object) {}

  /**
   * Reads files and folders. In a folder, it reads every file below it that is not hidden and ends
   * in {@code .yaml}, {@code .yml} or {@code .json}, optionally followed by {@code .gz}, in the
   * order of their names. {@code -} is standard input.
   *
   * @throws ManifestException if files cannot be read or parsed; it names all of them, with the
   *     line
   */
  public static Contents load(List<Path> paths) throws ManifestException {
    return load(paths, any -> false);
  }

  /**
   * Same as {@link #load(List)}, but also keeps objects of other kinds.
   *
   * @param wanted which of them to keep
   * @throws ManifestException if a file cannot be read or parsed
   */
  public static Contents load(List<Path> paths, Predicate<JsonNode> wanted)
      throws ManifestException {
    ManifestReader manifests = new ManifestReader(wanted);
    for (Path path : paths) {
      manifests.add(path);
    }
    if (!manifests.broken.isEmpty()) {
      manifests.leftOut.forEach(object -> manifests.broken.add(object.problem()));
      throw new ManifestException(manifests.broken);
    }
    if (manifests.objects.isEmpty() && manifests.others.isEmpty() && manifests.leftOut.isEmpty()) {
      manifests.warnings.add(
          names(paths)
              + ": no object that discovery reads, "
              + manifests.ignored
              + " of other kinds (expected: pods, services, endpoints, endpointslices, nodes,"
              + " ingresses)");
    }
    return new Contents(manifests.objects, manifests.others, manifests.leftOut, manifests.warnings);
  }

  private static String names(List<Path> paths) {
    return String.join(", ", paths.stream().map(ManifestReader::name).toList());
  }

  private static String name(Path path) {
    return path.equals(STANDARD_INPUT) ? "standard input" : path.toString();
  }

  /**
   * Reads files like {@link #load}, but fails if any object is broken.
   *
   * @return a new list of the objects, in order
   * @throws ManifestException if anything is broken or left out
   */
  public static List<ObjectNode> read(List<Path> paths) throws ManifestException {
    Contents contents = load(paths);
    if (!contents.leftOut().isEmpty()) {
      throw new ManifestException(contents.leftOut().stream().map(LeftOut::problem).toList());
    }
    return contents.objects();
  }

  /**
   * Returns the documents of one file unchanged, whatever they contain; empty ones are left out.
   *
   * @throws ManifestException if the file cannot be read or parsed
   */
  public static List<JsonNode> documents(Path file) throws ManifestException {
    ManifestReader manifests = new ManifestReader(any -> false);
    List<JsonNode> contents = new ArrayList<>();
    for (ManifestDocument document : manifests.parse(file, UserFiles::openArgument)) {
      if (!document.content().isNull()) {
        contents.add(document.content());
      }
    }
    if (!manifests.broken.isEmpty()) {
      throw new ManifestException(manifests.broken);
    }
    return contents;
  }

  /**
   * Reads the single object in {@code yaml}, a template of this program.
   *
   * @throws IllegalArgumentException if it is not a single object
   */
  public static ObjectNode object(String yaml) {
    List<ManifestDocument> documents = new ArrayList<>();
    try {
      YamlDocuments.read(yaml, documents);
    } catch (ManifestDocument.BrokenException e) {
      throw new IllegalArgumentException("template: " + e.getMessage() + "\n" + yaml, e);
    }
    if (documents.size() == 1 && documents.get(0).content() instanceof ObjectNode object) {
      return object;
    }
    throw new IllegalArgumentException("template: not one object\n" + yaml);
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
      broken.add(path + ": cannot be read (" + e.getMessage() + ")");
    }
  }

  private static boolean isManifest(Path folder, Path file) {
    for (Path part : folder.relativize(file)) {
      if (part.toString().startsWith(".")) {
        return false;
      }
    }
    String name = file.toString().toLowerCase(Locale.ROOT);
    String plain = name.endsWith(".gz") ? name.substring(0, name.length() - 3) : name;
    return (plain.endsWith(".yaml") || plain.endsWith(".yml") || plain.endsWith(".json"))
        && Files.isRegularFile(file);
  }

  /** Opens a file with a size limit in bytes. */
  private interface Opener {
    InputStream open(Path file, long most) throws IOException;
  }

  private void addFile(Path file, Opener opener) {
    for (ManifestDocument document : parse(file, opener)) {
      for (ManifestDocument.TypedKey key : document.typedKeys()) {
        warnings.add(
            name(file)
                + ":"
                + key.line()
                + ": key "
                + key.written()
                + ": read as \""
                + key.read()
                + "\", as kubectl reads it (quote it to keep it)");
      }
      if (!document.content().isNull()) {
        addObject(new Source(name(file), document), "", document.content(), "", "");
      }
    }
  }

  /** A document of a file. */
  private record Source(String file, ManifestDocument document) {
    String place(JsonNode object) {
      return file + ":" + document.lineOf(object);
    }
  }

  /**
   * Adds an object or the items of a list.
   *
   * @param at its path in the document; empty for the document itself
   * @param apiVersion the default; empty if the object must have one
   * @param kind the default; empty if the object must have one
   */
  private void addObject(Source source, String at, JsonNode node, String apiVersion, String kind) {
    String place = source.place(node) + ": " + at;
    if (!(node instanceof ObjectNode object)) {
      leaveOut(new LeftOut("", "", "", place + shown(node) + " (expected: a Kubernetes object)"));
      return;
    }
    if (!kind.isEmpty()) {
      setIfMissing(object, "kind", kind);
      setIfMissing(object, "apiVersion", apiVersion);
    }
    String ownKind = KubernetesJson.text(object, "kind");
    if (ownKind.endsWith("List") && object.has("items")) {
      addItems(source, at, object, ownKind.substring(0, ownKind.length() - "List".length()));
    } else if (ownKind.isEmpty() || KubernetesJson.text(object, "apiVersion").isEmpty()) {
      String missing = ownKind.isEmpty() ? "kind" : "apiVersion";
      leaveOut(
          new LeftOut(
              ownKind,
              KubernetesJson.text(object, "metadata", "namespace"),
              KubernetesJson.text(object, "metadata", "name"),
              place + missing + ": missing (expected: as in a kubectl manifest)"));
    } else {
      addSingle(source.place(node), object);
    }
  }

  private static String shown(JsonNode node) {
    return node.isArray() ? "a list" : "\"" + node.asText() + "\"";
  }

  private void addItems(Source source, String at, ObjectNode list, String kind) {
    JsonNode items = list.get("items");
    if (!items.isArray() && !items.isNull()) {
      leaveOut(
          new LeftOut(
              kind + "List",
              "",
              "",
              source.place(list) + ": " + at + "items: " + "not a list (expected: a list)"));
      return;
    }
    String apiVersion = KubernetesJson.text(list, "apiVersion");
    for (int i = 0; i < items.size(); i++) {
      addObject(source, at + "items[" + i + "]: ", items.get(i), apiVersion, kind);
    }
  }

  private static void setIfMissing(ObjectNode object, String name, String value) {
    if (!object.has(name)) {
      object.put(name, value);
    }
  }

  private void addSingle(String place, ObjectNode object) {
    Optional<Resource<?>> found = OldApiVersions.resource(object);
    if (found.isEmpty() && wanted.test(object)) {
      addOther(place, object);
      return;
    }
    if (found.isEmpty()) {
      OldApiVersions.misspelling(object)
          .ifPresentOrElse(
              wrong -> leaveOut(place, object, wrong.right(), wrong.problem()), () -> ignored++);
      return;
    }
    Resource<?> resource = found.get();
    String apiVersion = KubernetesJson.text(object, "apiVersion");
    if (!apiVersion.equals(resource.apiVersion()) && !OldApiVersions.convert(resource, object)) {
      leaveOut(
          place,
          object,
          "apiVersion: " + apiVersion + " (expected: " + resource.apiVersion() + ")");
      return;
    }
    List<String> odd = new ArrayList<>();
    try {
      JsonDecoder.check(resource, object, odd::add);
    } catch (IOException e) {
      leaveOut(place, object, String.valueOf(e.getMessage()));
      return;
    }
    if (KubernetesJson.text(object, "metadata", "name").isEmpty()) {
      leaveOut(place, object, "metadata.name: missing (expected: a name)");
      return;
    }
    for (String field : odd) {
      warnings.add(place + ": " + described(object) + ": " + field);
    }
    asTexts(object.path("metadata").path("labels"));
    asTexts(object.path("metadata").path("annotations"));
    replaceEarlier(place, resource, object);
    objects.add(object);
  }

  private void addOther(String place, ObjectNode object) {
    if (KubernetesJson.text(object, "metadata", "name").isEmpty()) {
      leaveOut(place, object, "metadata.name: missing (expected: a name)");
      return;
    }
    asTexts(object.path("metadata").path("labels"));
    others.add(object);
  }

  /** Replaces every value by its spelling. */
  private static void asTexts(JsonNode map) {
    if (map instanceof ObjectNode fields) {
      for (Map.Entry<String, JsonNode> entry : fields.properties()) {
        if (!entry.getValue().isTextual() && !entry.getValue().isNull()) {
          entry.setValue(KubernetesJson.textNode(entry.getValue().asText()));
        }
      }
    }
  }

  private void replaceEarlier(String place, Resource<?> resource, ObjectNode object) {
    String namespace = KubernetesJson.text(object, "metadata", "namespace");
    String key =
        resource.plural()
            + "/"
            + (resource.namespaced() && namespace.isEmpty() ? "default" : namespace)
            + "/"
            + KubernetesJson.text(object, "metadata", "name");
    PlacedObject earlier = places.put(key, new PlacedObject(place, object));
    if (earlier != null && !earlier.object.equals(object)) {
      warnings.add(
          place
              + ": "
              + described(object)
              + ": also defined at "
              + earlier.text
              + ", with different content; the later one is used");
    }
  }

  private void leaveOut(String place, ObjectNode object, String problem) {
    leaveOut(place, object, KubernetesJson.text(object, "kind"), problem);
  }

  private void leaveOut(String place, ObjectNode object, String kind, String problem) {
    leaveOut(
        new LeftOut(
            kind,
            KubernetesJson.text(object, "metadata", "namespace"),
            KubernetesJson.text(object, "metadata", "name"),
            place + ": " + described(object) + ": " + problem));
  }

  private void leaveOut(LeftOut object) {
    leftOut.add(object);
  }

  /** Returns, for example, {@code Pod shop/web-0}. */
  private static String described(ObjectNode object) {
    String namespace = KubernetesJson.text(object, "metadata", "namespace");
    String name = KubernetesJson.text(object, "metadata", "name");
    return KubernetesJson.text(object, "kind")
        + (name.isEmpty() ? "" : " " + (namespace.isEmpty() ? "" : namespace + "/") + name);
  }

  private List<ManifestDocument> parse(Path file, Opener opener) {
    List<ManifestDocument> out = new ArrayList<>();
    String name = name(file);
    try (InputStream in = opened(file, opener)) {
      byte[] bytes = ManifestDecoding.unzipped(in.readAllBytes(), mostBytes());
      if (looksLikeJson(bytes)) {
        parseJson(bytes, out);
      } else {
        YamlDocuments.read(ManifestDecoding.text(bytes), out);
      }
    } catch (NoSuchFileException e) {
      broken.add(name + ": cannot be read (no such file)");
    } catch (IOException e) {
      broken.add(
          e instanceof UserFiles.RefusedException
              ? name + ": " + e.getMessage()
              : name + ": cannot be read (" + e.getMessage() + ")");
    } catch (ManifestDocument.BrokenException e) {
      broken.add(name + ":" + e.line() + ": document " + e.number() + ": " + e.getMessage());
    }
    return out;
  }

  private static InputStream opened(Path file, Opener opener) throws IOException {
    return file.equals(STANDARD_INPUT)
        ? UserFiles.standardInput(mostBytes())
        : opener.open(file, mostBytes());
  }

  /** Returns half of the heap, because the objects need memory too. */
  private static long mostBytes() {
    return Math.min(Integer.MAX_VALUE - 64, Runtime.getRuntime().maxMemory() / 2);
  }

  /** Whether the first character after blanks and a byte order mark is a brace. */
  private static boolean looksLikeJson(byte[] bytes) {
    for (byte b : bytes) {
      if (b > ' ') {
        return b == '{';
      }
    }
    return false;
  }

  /**
   * Parses JSON objects in sequence, or else YAML, which may begin with a brace too. If it is
   * neither, the error of the parser that read more is reported.
   */
  private static void parseJson(byte[] bytes, List<ManifestDocument> out)
      throws IOException, ManifestDocument.BrokenException {
    List<ManifestDocument> json = new ArrayList<>();
    try (JsonParser parser = KubernetesJson.parser(KubernetesJson.MAPPER.createParser(bytes))) {
      while (parser.nextToken() != null) {
        int line = parser.currentTokenLocation().getLineNr();
        ItemLines items = new ItemLines(parser);
        JsonNode content = KubernetesJson.MAPPER.reader().with(items).readTree(parser);
        json.add(new ManifestDocument(json.size() + 1, line, content, items.lines, List.of()));
      }
      out.addAll(json);
    } catch (JsonProcessingException e) {
      int line = e.getLocation() == null ? 1 : e.getLocation().getLineNr();
      try {
        YamlDocuments.read(ManifestDecoding.text(bytes), out);
      } catch (ManifestDocument.BrokenException asYaml) {
        if (asYaml.line() > line) {
          throw asYaml;
        }
        out.clear();
        out.addAll(json);
        throw new ManifestDocument.BrokenException(
            json.size() + 1, line, e.getOriginalMessage(), e);
      }
    }
  }

  /** Records the line of each object that is an item of a list. */
  private static final class ItemLines extends KubernetesJson.Nodes {
    private static final long serialVersionUID = 1L;

    private final transient JsonParser parser;
    private final transient IdentityHashMap<JsonNode, Integer> lines = new IdentityHashMap<>();

    ItemLines(JsonParser parser) {
      this.parser = parser;
    }

    /** Called when the parser is at the beginning of the object. */
    @Override
    public ObjectNode objectNode() {
      ObjectNode object = super.objectNode();
      JsonStreamContext parent = parser.getParsingContext().getParent();
      if (parent.inArray() && parent.getNestingDepth() <= ManifestDocument.DEEPEST_ITEM) {
        lines.put(object, parser.currentTokenLocation().getLineNr());
      }
      return object;
    }
  }
}
