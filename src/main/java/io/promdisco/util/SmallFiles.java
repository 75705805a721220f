package io.promdisco.util;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** Reads small files: tokens, certificates, kubeconfigs. */
public final class SmallFiles {
  private static final int LARGEST = 16 << 20;

  private SmallFiles() {}

  /**
   * Returns the text of a file without surrounding white space.
   *
   * @throws IOException whose message is one line: the path and what is wrong with it
   */
  public static String read(Path file) throws IOException {
    return new String(bytes(file), UTF_8).strip();
  }

  /**
   * Returns the bytes of a file.
   *
   * @throws IOException whose message is one line: the path and what is wrong with it
   */
  public static byte[] bytes(Path file) throws IOException {
    try (InputStream in = UserFiles.open(file, LARGEST)) {
      return in.readAllBytes();
    } catch (UserFiles.RefusedException e) {
      throw new IOException(file + ": " + e.getMessage(), e);
    } catch (NoSuchFileException e) {
      throw new IOException(file + ": no such file", e);
    } catch (AccessDeniedException e) {
      throw new IOException(file + ": permission denied", e);
    } catch (IOException e) {
      String message = e.getMessage();
      boolean named = message != null && message.startsWith(file.toString());
      throw named ? e : new IOException(file + ": cannot be read: " + message, e);
    }
  }
}
