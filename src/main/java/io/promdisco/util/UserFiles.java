package io.promdisco.util;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.Serial;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.regex.Pattern;

/**
 * Opens the files that users name: configurations, target files, credentials, certificates. Follows
 * links, and rejects everything but regular files of a limited size. Named pipes, devices, sockets
 * and files that the kernel generates under {@code /proc} and {@code /sys} can block a reader or
 * never end. All code that reads files of users uses this class.
 */
public final class UserFiles {
  private static final Pattern DESCRIPTOR =
      Pattern.compile("/dev/stdin|/dev/fd/[0-9]+|/proc/self/fd/[0-9]+");

  private static final int TYPE = 0xf000;

  private UserFiles() {}

  /**
   * Opens a file.
   *
   * @param most the limit in bytes; the stream throws {@link RefusedException} beyond it
   * @throws RefusedException if it is not a regular file, or is larger
   * @throws IOException if it is missing or may not be read, as {@link Files#newInputStream}
   */
  public static InputStream open(Path file, long most) throws IOException {
    check(file, most);
    return limited(Files.newInputStream(file), most);
  }

  /**
   * Opens a file that was named on the command line. Same as {@link #open}, but also reads standard
   * input and other descriptors that the process inherited, such as {@code /dev/stdin} and the
   * {@code /dev/fd/63} of {@code <(…)}, until their writer closes them.
   */
  public static InputStream openArgument(Path file, long most) throws IOException {
    if (!isDescriptor(file)) {
      return open(file, most);
    }
    return limited(Files.newInputStream(file), most);
  }

  /**
   * Returns standard input. Closing the stream has no effect, because descriptor 0 may be another
   * file if the process was started without standard input.
   *
   * @param most the limit in bytes; the stream throws {@link RefusedException} beyond it
   */
  public static InputStream standardInput(long most) {
    return limited(
        new FilterInputStream(System.in) {
          @Override
          public void close() {}
        },
        most);
  }

  /**
   * Limits how much is read from a stream.
   *
   * @param most the limit in bytes; the stream throws {@link RefusedException} beyond it
   */
  public static InputStream limited(InputStream in, long most) {
    return new LimitedStream(in, most, () -> tooLarge(most));
  }

  /** Whether a file is a descriptor of this process, which can be read only once. */
  public static boolean isDescriptor(Path file) {
    return DESCRIPTOR.matcher(file.toString()).matches();
  }

  private static void check(Path file, long most) throws IOException {
    BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
    if (!attributes.isRegularFile()) {
      throw new RefusedException(kind(file, attributes) + " (expected: a regular file)");
    }
    if (attributes.size() == 0) {
      Path real = file.toRealPath();
      if (real.startsWith("/proc") || real.startsWith("/sys")) {
        throw new RefusedException("a file that the kernel generates (expected: a regular file)");
      }
    }
    if (attributes.size() > most) {
      throw tooLarge(most);
    }
  }

  private static String kind(Path file, BasicFileAttributes attributes) throws IOException {
    if (attributes.isDirectory()) {
      return "a directory";
    }
    try {
      int mode = (int) Files.getAttribute(file, "unix:mode");
      return switch (mode & TYPE) {
        case 0x1000 -> "a named pipe";
        case 0x2000, 0x6000 -> "a device";
        case 0xc000 -> "a socket";
        default -> "a special file";
      };
    } catch (UnsupportedOperationException | IllegalArgumentException e) {
      return "a special file"; // not on Unix
    }
  }

  private static RefusedException tooLarge(long most) {
    return new RefusedException("the file is too large (expected: at most " + most + " bytes)");
  }

  /** Thrown for a file that must not be read; the message says why, without its name. */
  public static final class RefusedException extends IOException {
    @Serial private static final long serialVersionUID = 1L;

    RefusedException(String message) {
      super(message);
    }
  }
}
