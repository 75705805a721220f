package io.promdisco.server.access;

import at.favre.lib.crypto.bcrypt.BCrypt;
import at.favre.lib.crypto.bcrypt.LongPasswordStrategies;
import com.google.common.cache.Cache;
import com.google.common.cache.CacheBuilder;
import com.google.common.hash.HashCode;
import com.google.common.hash.HashFunction;
import com.google.common.hash.Hashing;
import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.promdisco.config.Secret;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Checks passwords one at a time, because bcrypt is slow on purpose. Results are stored as keyed
 * hashes; accepted and rejected passwords are stored separately, so that wrong passwords cannot
 * displace right ones. The number of waiting checks of each client is limited. Clients take turns,
 * and so do the user names of one client. A check of an unknown user takes as long as one of a
 * known user. Safe for all threads.
 */
final class PasswordCheck implements AutoCloseable {
  private static final int REMEMBERED = 1000;
  private static final int MOST_WAITING = 512;
  private static final int MOST_WAITING_PER_CLIENT = 128;

  /** The characters of bcrypt's base 64. */
  private static final String ALPHABET =
      "./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

  private static final int SALT_AND_HASH = 53;

  /** A check with this cost takes some seconds; each step doubles the time. */
  static final int LARGEST_COST = 18;

  private final HashFunction hash;
  private final Cache<HashCode, Boolean> right = remembered();
  private final Cache<HashCode, Boolean> wrong = remembered();
  private final WorkerThreads tester =
      new WorkerThreads("sd-http-password", 1, 1, MOST_WAITING, MOST_WAITING_PER_CLIENT);

  /** The requests that wait for each check; requests with equal credentials share a check. */
  @GuardedBy("waiting")
  private final Map<HashCode, List<Consumer<Boolean>>> waiting = new HashMap<>();

  PasswordCheck() {
    byte[] key = new byte[32];
    new SecureRandom().nextBytes(key);
    hash = Hashing.hmacSha256(key);
  }

  private static Cache<HashCode, Boolean> remembered() {
    return CacheBuilder.newBuilder().maximumSize(REMEMBERED).build();
  }

  /**
   * Checks whether a password is that of the user.
   *
   * @param users bcrypt hashes by user; not empty
   * @param then receives the result, on this thread if it is known, otherwise on the thread that
   *     checks
   * @return false if too many are waiting; then {@code then} is not called
   */
  boolean check(
      Map<String, Secret> users,
      ClientAddress client,
      String user,
      String password,
      Consumer<Boolean> then) {
    Secret expected = users.get(user);
    String bcrypt = expected == null ? decoyHash(users, user) : expected.reveal();
    HashCode key = key(user, bcrypt, password);
    Boolean known = known(key);
    if (known != null) {
      then.accept(known);
      return true;
    }
    synchronized (waiting) {
      List<Consumer<Boolean>> same = waiting.get(key);
      if (same != null) {
        same.add(then);
        return true;
      }
      boolean queued =
          tester.submit(
              client,
              hash.hashUnencodedChars(user).toString(),
              () -> test(key, password, bcrypt, expected != null));
      if (queued) {
        waiting.put(key, new ArrayList<>(List.of(then)));
      }
      return queued;
    }
  }

  private @Nullable Boolean known(HashCode key) {
    return right.getIfPresent(key) != null
        ? Boolean.TRUE
        : wrong.getIfPresent(key) != null ? Boolean.FALSE : null;
  }

  private void test(HashCode key, String password, String bcrypt, boolean exists) {
    boolean fits = matches(password, bcrypt) && exists;
    (fits ? right : wrong).put(key, fits);
    List<Consumer<Boolean>> told;
    synchronized (waiting) {
      told = waiting.remove(key);
    }
    if (told != null) {
      told.forEach(then -> then.accept(fits));
    }
  }

  private HashCode key(String user, String bcrypt, String password) {
    return hash.newHasher()
        .putInt(user.length())
        .putUnencodedChars(user)
        .putUnencodedChars(bcrypt)
        .putUnencodedChars(password)
        .hash();
  }

  /**
   * Returns a hash that no password matches, always the same for a user name. It has the cost of
   * one of the users' hashes, so that unknown names take as long as known ones.
   */
  String decoyHash(Map<String, Secret> users, String user) {
    byte[] random = hash.hashString(user, StandardCharsets.UTF_8).asBytes();
    List<String> costs = users.values().stream().map(each -> cost(each.reveal())).sorted().toList();
    StringBuilder made = new StringBuilder("$2a$");
    made.append(costs.get(Byte.toUnsignedInt(random[0]) % costs.size())).append('$');
    for (int i = 0; i < SALT_AND_HASH; i++) {
      int at = Byte.toUnsignedInt(random[i % random.length]) % ALPHABET.length();
      made.append(i == 21 || i == SALT_AND_HASH - 1 ? '.' : ALPHABET.charAt(at));
    }
    return made.toString();
  }

  /** Returns the cost of a bcrypt hash as two digits. */
  static String cost(String bcrypt) {
    int begin = bcrypt.indexOf('$', 1) + 1;
    return bcrypt.substring(begin, begin + 2);
  }

  private static boolean matches(String password, String bcrypt) {
    BCrypt.Version version =
        BCrypt.Version.VERSION_2A; // only determines the length; any version is verified
    return BCrypt.verifyer(version, LongPasswordStrategies.truncate(version))
        .verify(
            password.getBytes(StandardCharsets.UTF_8), bcrypt.getBytes(StandardCharsets.US_ASCII))
        .verified;
  }

  /** Ends the thread. Waiting requests get no result. */
  @Override
  public void close() {
    tester.close();
  }
}
