package io.promdisco.testing;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiPredicate;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;

/**
 * Recorded answers of a real Prometheus, a real promtool and a real API server.
 *
 * <p>The cases are in {@code src/test/conformance}, whose README describes them. A folder outside
 * the repository may hold more: {@code ../shared/conformance}, or the folder {@code conformance} of
 * the folder that the property {@code promdisco.shared} names. Cases there are added if the
 * repository does not have them, by name and content.
 *
 * <p>Every method that finds cases fails when there are none.
 *
 * @param <T> a case
 */
public final class RecordedCases<T> implements Iterable<T> {
  private static final Path REPOSITORY = Path.of("src/test/conformance");
  private static final ObjectMapper JSON =
      JsonMapper.builder()
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
          .build();

  private final String name;
  private final List<T> cases;
  private final Set<T> outside;
  private final Set<T> ran = identitySet();

  private RecordedCases(String name, List<T> cases, Set<T> outside) {
    if (cases.isEmpty()) {
      throw new AssertionError(
          REPOSITORY.resolve(name) + ": no recorded case (run tests from the top of a checkout)");
    }
    this.name = name;
    this.cases = cases;
    this.outside = outside;
  }

  /**
   * A file and what a reference program said about it.
   *
   * @param file the file's name
   * @param folder the absolute path of the folder with the file and the files that it names
   * @param answer the recorded answer
   */
  public record RecordedFile(String file, Path folder, JsonNode answer) {
    public byte[] bytes() {
      return read(folder.resolve(file));
    }
  }

  /** The folders in {@code name} that contain a file {@code mark}; each is a case. */
  public static RecordedCases<Path> folders(String name, String mark) {
    return paths(name, path -> Files.exists(path.resolve(mark)));
  }

  /** The files in {@code name} that end with {@code suffix}; each is a case. */
  public static RecordedCases<Path> files(String name, String suffix) {
    return paths(name, path -> path.toString().endsWith(suffix));
  }

  private static RecordedCases<Path> paths(String name, Predicate<Path> isCase) {
    return find(
        name,
        root -> {
          Map<String, Path> found = new TreeMap<>();
          for (Path path : list(root.resolve(name))) {
            if (isCase.test(path)) {
              found.put(path.getFileName().toString(), path);
            }
          }
          return found;
        },
        RecordedCases::areEqual);
  }

  /** The lines of the file {@code name}, which may be compressed as {@code name.gz}. */
  public static RecordedCases<JsonNode> lines(String name) {
    return find(
        name,
        root -> {
          Map<String, JsonNode> found = new TreeMap<>();
          for (String line : text(root.resolve(name)).lines().toList()) {
            JsonNode json = json(line);
            found.put(json.get("id").asText(), json);
          }
          return found;
        },
        JsonNode::equals);
  }

  /** The files that {@code expected.json} of the folder {@code name} lists. */
  public static RecordedCases<RecordedFile> answers(String name) {
    return find(
        name,
        root -> {
          Map<String, RecordedFile> found = new TreeMap<>();
          Path folder = root.resolve(name).toAbsolutePath().normalize();
          JsonNode all = json(text(folder.resolve("expected.json")));
          if (all instanceof ObjectNode byFile) {
            byFile
                .properties()
                .forEach(
                    entry -> {
                      String file = entry.getKey();
                      found.put(file, new RecordedFile(file, folder, entry.getValue()));
                    });
          } else {
            for (JsonNode answer : all) {
              String file = answer.get("file").asText();
              found.put(file, new RecordedFile(file, folder, answer));
            }
          }
          return found;
        },
        (a, b) -> a.answer.equals(b.answer) && Arrays.equals(a.bytes(), b.bytes()));
  }

  /** The folders with cases: that of the repository, then the one outside if it exists. */
  public static List<Path> roots() {
    Path outside = Path.of(System.getProperty("promdisco.shared", "../shared"), "conformance");
    return Files.isDirectory(outside) ? List.of(REPOSITORY, outside) : List.of(REPOSITORY);
  }

  private static <T> RecordedCases<T> find(
      String name, Function<Path, Map<String, T>> finder, BiPredicate<T, T> equality) {
    Map<String, T> own = finder.apply(REPOSITORY);
    List<T> all = new ArrayList<>(own.values());
    Set<T> added = identitySet();
    for (Path other : roots().subList(1, roots().size())) {
      finder
          .apply(other)
          .forEach(
              (key, found) -> {
                T known = own.get(key);
                if (known == null || !equality.test(known, found)) {
                  all.add(found);
                  added.add(found);
                }
              });
    }
    return new RecordedCases<>(name, List.copyOf(all), added);
  }

  /** The same cases, converted. */
  public <R> RecordedCases<R> map(Function<T, R> form) {
    List<R> mapped = new ArrayList<>();
    Set<R> mappedOutside = identitySet();
    for (T recorded : cases) {
      R made = form.apply(recorded);
      mapped.add(made);
      if (outside.contains(recorded)) {
        mappedOutside.add(made);
      }
    }
    return new RecordedCases<>(name, List.copyOf(mapped), mappedOutside);
  }

  public List<T> all() {
    return cases;
  }

  @Override
  public Iterator<T> iterator() {
    return cases.iterator();
  }

  /** Counts a case that the test compared. */
  public void ran(T recorded) {
    ran.add(recorded);
  }

  /** Prints how many cases ran; fails if none did. */
  public void printSummary(String suite, Object... details) {
    long others = ran.stream().filter(outside::contains).count();
    StringBuilder line = new StringBuilder("conformance/" + name + ", " + suite + ": ");
    line.append(ran.size()).append(" of ").append(cases.size()).append(" cases ran, ");
    line.append(others).append(" of them from outside the repository");
    for (Object detail : details) {
      line.append(", ").append(detail);
    }
    if (ran.isEmpty()) {
      throw new AssertionError(line);
    }
    BuildReport.say(line.toString());
  }

  /** Whether both are equal files, or folders with equal files; Markdown files do not count. */
  private static boolean areEqual(Path a, Path b) {
    Map<String, Path> left = contents(a);
    Map<String, Path> right = contents(b);
    return left.keySet().equals(right.keySet())
        && left.entrySet().stream()
            .allMatch(
                entry -> {
                  Path other = right.get(entry.getKey());
                  return other != null && Arrays.equals(read(entry.getValue()), read(other));
                });
  }

  private static Map<String, Path> contents(Path root) {
    Map<String, Path> contents = new TreeMap<>();
    try (Stream<Path> paths = Files.walk(root)) {
      paths
          .filter(path -> Files.isRegularFile(path) && !path.toString().endsWith(".md"))
          .forEach(path -> contents.put(root.relativize(path).toString(), path));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return contents;
  }

  private static List<Path> list(Path folder) {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> paths = Files.list(folder)) {
      return paths.sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The text of a file or of its compressed form; empty if neither exists. */
  private static String text(Path file) {
    Path compressed = file.resolveSibling(file.getFileName() + ".gz");
    if (Files.exists(compressed)) {
      try (InputStream in = new GZIPInputStream(Files.newInputStream(compressed))) {
        return new String(in.readAllBytes(), StandardCharsets.UTF_8);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return Files.exists(file) ? new String(read(file), StandardCharsets.UTF_8) : "";
  }

  private static byte[] read(Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static JsonNode json(String text) {
    try {
      return JSON.readTree(text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static <T> Set<T> identitySet() {
    return Collections.newSetFromMap(new IdentityHashMap<>());
  }
}
