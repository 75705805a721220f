package io.promdisco.config.yaml;

import io.promdisco.Internal;
import io.promdisco.config.Problem;
import io.promdisco.config.ProblemKind;
import io.promdisco.util.UserFiles;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.nodes.Node;

/**
 * Reads YAML files as strictly as a configuration: reports unknown keys, repeated keys and values
 * of the wrong type with their place.
 *
 * @hidden
 */
@Internal
public final class StrictYaml {
  private StrictYaml() {}

  /**
   * The result of reading a file.
   *
   * @param value empty if there is an error
   * @param problems every problem, in the order of the file
   * @hidden
   */
  public record Result<T>(Optional<T> value, List<Problem> problems) {
    /** Copies the list. */
    public Result {
      problems = List.copyOf(problems);
    }
  }

  /**
   * Reads a file's first document.
   *
   * @param what the kind of file, for the message that it is empty: {@code a test file}
   * @param reader reads the outermost section and must call {@link Section#finish}
   */
  public static <T> Result<T> read(Path file, String what, Function<Section, T> reader) {
    ProblemCollector problems = new ProblemCollector(file.toString());
    T value = null;
    try {
      value =
          read(
              argument(file),
              problems,
              root -> reader.apply(root == null ? Section.empty("", problems) : root));
    } catch (IOException e) {
      problems.error(ProblemKind.UNREADABLE, unreadable(e, what));
    }
    if (value == null || problems.refuse()) {
      return new Result<>(Optional.empty(), problems.sorted());
    }
    problems.check();
    return new Result<>(Optional.of(value), problems.sorted());
  }

  /**
   * Reads the first document of a file. Returns null if it cannot be read at all.
   *
   * @param reader reads the outermost section, which is null if the document is null
   */
  public static <T> @Nullable T read(
      byte[] content, ProblemCollector problems, Function<@Nullable Section, T> reader) {
    Optional<Node> document = YamlFile.parse(content, problems);
    if (problems.hasErrors()) {
      return null;
    }
    try {
      if (document.isEmpty()) {
        return reader.apply(Section.empty("", problems));
      }
      Section root = Section.of(document.get(), "", problems);
      return root == null && problems.hasErrors() ? null : reader.apply(root);
    } catch (AliasLimit.ExceededException e) {
      problems.error(
          e.node(), "", "document contains excessive aliasing (expected: fewer repetitions)");
      return null;
    }
  }

  /** Returns the content of a file that another file names. */
  public static byte[] content(Path file) throws IOException {
    try (InputStream in = UserFiles.open(file, YamlFile.MOST_BYTES)) {
      return in.readAllBytes();
    }
  }

  /** Returns the content of a file that the user names. */
  public static byte[] argument(Path file) throws IOException {
    try (InputStream in = UserFiles.openArgument(file, YamlFile.MOST_BYTES)) {
      return in.readAllBytes();
    }
  }

  public static String unreadable(IOException e, String what) {
    if (e instanceof UserFiles.RefusedException) {
      return String.valueOf(e.getMessage());
    }
    return e instanceof NoSuchFileException
        ? "no such file (expected: " + what + ")"
        : "cannot be read: " + e.getMessage();
  }
}
