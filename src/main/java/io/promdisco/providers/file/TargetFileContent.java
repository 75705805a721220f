package io.promdisco.providers.file;

import io.promdisco.model.TargetGroup;
import io.promdisco.providers.document.DocumentOrigin;
import io.promdisco.providers.document.TargetGroupJson;
import io.promdisco.providers.document.TargetGroupYaml;
import io.promdisco.util.SourceMemory;
import io.promdisco.util.UserFiles;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * The result of reading a file.
 *
 * @param groups in the order of the file
 * @param changed when the file was last changed, in whole seconds since 1970
 * @param bytes the approximate memory of the groups
 */
record TargetFileContent(List<TargetGroup> groups, long changed, long bytes) {
  private static final String LABEL = "__meta_filepath";
  static final int MOST_BYTES = 32 << 20;

  /**
   * Reads a file of at most 32 MiB. Its name determines whether it is JSON or YAML.
   *
   * @param memory counts the memory of the groups
   * @throws IOException if it cannot be read or is not a list of groups; the message begins with
   *     the path and, if known, the place
   */
  static TargetFileContent read(Path file, SourceMemory memory) throws IOException {
    try (InputStream in = open(file)) {
      DocumentOrigin origin = new DocumentOrigin(LABEL, file.toString());
      long before = memory.taken();
      List<TargetGroup> groups = parse(file, in, origin, memory);
      long changed = Files.getLastModifiedTime(file).toInstant().getEpochSecond();
      return new TargetFileContent(groups, changed, memory.taken() - before);
    } catch (SourceMemory.ExceededException e) {
      throw new IOException(file + ": " + e.getMessage(), e);
    } catch (NoSuchFileException e) {
      throw new IOException(file + ": no such file (a link may lead nowhere)", e);
    } catch (AccessDeniedException e) {
      throw new IOException(file + ": permission denied (expected: a readable file)", e);
    }
  }

  private static InputStream open(Path file) throws IOException {
    try {
      return UserFiles.open(file, MOST_BYTES);
    } catch (UserFiles.RefusedException e) {
      throw new IOException(file + ": " + e.getMessage(), e);
    }
  }

  private static List<TargetGroup> parse(
      Path file, InputStream in, DocumentOrigin origin, SourceMemory memory) throws IOException {
    try {
      return file.toString().toLowerCase(Locale.ROOT).endsWith(".json")
          ? TargetGroupJson.parse(new BufferedInputStream(in), origin, memory)
          : TargetGroupYaml.parse(in.readAllBytes(), origin, memory);
    } catch (SourceMemory.ExceededException e) {
      throw e;
    } catch (IOException e) {
      throw new IOException(file + ":" + e.getMessage(), e);
    }
  }
}
