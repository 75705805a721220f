package io.promdisco.server.access;

import static org.assertj.core.api.Assertions.assertThat;

import at.favre.lib.crypto.bcrypt.BCrypt;
import com.google.common.net.InetAddresses;
import io.promdisco.config.Secret;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class PasswordCheckTest {
  private static final Map<String, Secret> USERS =
      Map.of("anna", hash("secret"), "bert", hash("other"));

  private static final ClientAddress STRANGER = client("192.0.2.1");
  private static final ClientAddress FRIEND = client("192.0.2.2");

  private final PasswordCheck passwords = new PasswordCheck();
  private final CountDownLatch go = new CountDownLatch(1);

  private static Secret hash(String password) {
    return new Secret(BCrypt.withDefaults().hashToString(4, password.toCharArray()));
  }

  private static ClientAddress client(String address) {
    return ClientAddress.of(new InetSocketAddress(InetAddresses.forString(address), 1));
  }

  @AfterEach
  void stop() {
    go.countDown();
    passwords.close();
  }

  private CompletableFuture<Boolean> ask(ClientAddress client, String user, String password) {
    CompletableFuture<Boolean> answer = new CompletableFuture<>();
    if (!passwords.check(USERS, client, user, password, answer::complete)) {
      answer.completeExceptionally(new IllegalStateException("too many wait"));
    }
    return answer;
  }

  private static boolean answer(CompletableFuture<Boolean> asked) throws Exception {
    return asked.get(30, TimeUnit.SECONDS);
  }

  /** Blocks the thread that checks passwords until {@code go}. */
  private void hold() throws Exception {
    CountDownLatch held = new CountDownLatch(1);
    assertThat(
            passwords.check(
                USERS,
                client("192.0.2.9"),
                "nobody",
                "x",
                right -> {
                  held.countDown();
                  try {
                    go.await();
                  } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                  }
                }))
        .isTrue();
    held.await();
  }

  @Test
  void otherClientsDoNotDelayAUserWhoWasAcceptedBefore() throws Exception {
    assertThat(answer(ask(FRIEND, "anna", "secret"))).isTrue();
    hold();
    int refused = 0;
    for (int i = 0; i < 5000; i++) {
      refused += ask(FRIEND, "anna", "wrong " + i).isCompletedExceptionally() ? 1 : 0;
    }
    assertThat(refused).as("strangers at the same address").isPositive();
    assertThat(ask(FRIEND, "anna", "secret")).isCompletedWithValue(true);
  }

  @Test
  void wrongPasswordsDoNotDisplaceAnAcceptedOne() throws Exception {
    assertThat(answer(ask(FRIEND, "anna", "secret"))).isTrue();
    for (int i = 0; i < 1200; i++) { // more than the cache keeps
      assertThat(answer(ask(STRANGER, "anna", "wrong " + i))).isFalse();
    }
    hold();
    assertThat(ask(FRIEND, "anna", "secret")).isCompletedWithValue(true);
  }

  @Test
  void aNewUserWaitsForOnlyOnePasswordOfAnotherClient() throws Exception {
    hold();
    List<Boolean> order = new ArrayList<>();
    AtomicInteger tested = new AtomicInteger();
    CompletableFuture<Integer> before = new CompletableFuture<>();
    int waiting = 0;
    while (passwords.check(
        USERS, STRANGER, "anna", "wrong " + waiting, right -> tested.incrementAndGet())) {
      waiting++;
    }
    assertThat(waiting).isGreaterThan(100);
    assertThat(
            passwords.check(
                USERS,
                FRIEND,
                "anna",
                "secret",
                right -> {
                  order.add(right);
                  before.complete(tested.get());
                }))
        .isTrue();
    go.countDown();
    assertThat(before.get(30, TimeUnit.SECONDS)).isLessThanOrEqualTo(1);
    assertThat(order).containsExactly(true);
  }

  @Test
  void atOneAddressUserNamesTakeTurns() throws Exception {
    hold();
    AtomicInteger tested = new AtomicInteger();
    for (int i = 0; i < 100; i++) {
      passwords.check(USERS, FRIEND, "anna", "wrong " + i, right -> tested.incrementAndGet());
    }
    CompletableFuture<Integer> before = new CompletableFuture<>();
    passwords.check(USERS, FRIEND, "bert", "other", right -> before.complete(tested.get()));
    go.countDown();
    assertThat(before.get(30, TimeUnit.SECONDS)).isLessThanOrEqualTo(1);
  }

  @Test
  void theSameCredentialsAreTestedOnce() throws Exception {
    hold();
    List<CompletableFuture<Boolean>> asked = new ArrayList<>();
    for (int i = 0; i < 1000; i++) {
      asked.add(ask(FRIEND, "anna", "secret"));
    }
    go.countDown();
    for (CompletableFuture<Boolean> one : asked) {
      assertThat(answer(one)).isTrue();
    }
  }

  @Test
  void similarPasswordsAreRefused() throws Exception {
    for (String wrong :
        List.of("", "secre", "secret\0", "secret\0x", "\0secret", "Secret", "s".repeat(50_000))) {
      assertThat(answer(ask(FRIEND, "anna", wrong))).as(wrong).isFalse();
    }
    for (String user : List.of("", "ann", "anna\0", "Anna", "a".repeat(50_000))) {
      assertThat(answer(ask(FRIEND, user, "secret"))).as(user).isFalse();
    }
  }

  /** Both take a check of the same cost; the check for an unknown user never succeeds. */
  @Test
  void anUnknownUserIsCheckedLikeAKnownOneAndNeverAdmitted() throws Exception {
    hold();
    CompletableFuture<Boolean> unknown = ask(FRIEND, "carl", "secret");
    CompletableFuture<Boolean> known = ask(FRIEND, "bert", "secret");
    assertThat(unknown).isNotDone();
    assertThat(known).isNotDone();
    go.countDown();
    assertThat(answer(unknown)).isFalse();
    assertThat(answer(known)).isFalse();
  }

  @Test
  void anUnknownUserTakesAsLongAsAKnownOne() {
    for (String unknown : List.of("carl", "", "x".repeat(1000))) {
      String hash = passwords.decoyHash(USERS, unknown);
      assertThat(hash)
          .startsWith("$2a$04$")
          .hasSize(60)
          .isEqualTo(passwords.decoyHash(USERS, unknown));
      assertThat(BCrypt.verifyer().verify("secret".toCharArray(), hash).validFormat).isTrue();
    }
    assertThat(passwords.decoyHash(USERS, "carl")).isNotEqualTo(passwords.decoyHash(USERS, "dora"));
  }
}
