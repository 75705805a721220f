package io.promdisco.config.section;

import static io.promdisco.config.table.Setting.bool;
import static io.promdisco.config.table.Setting.section;
import static io.promdisco.config.table.Setting.text;
import static io.promdisco.config.table.Setting.wholeSection;

import io.promdisco.config.Problem;
import io.promdisco.config.Secret;
import io.promdisco.config.table.SectionTable;
import io.promdisco.config.table.Setting;
import io.promdisco.config.table.SettingValues;
import io.promdisco.config.yaml.ConfigPaths;
import io.promdisco.config.yaml.Section;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Reads the cloud credentials of {@code remote_write} and {@code alertmanagers}, which are only
 * checked and shown.
 */
final class CloudCredentials {
  private static final Pattern SESSION = Pattern.compile("[A-Za-z0-9_+=,.@-]{2,64}");
  private static final Pattern SCOPE = Pattern.compile("[A-Za-z0-9_\\t\\n\\f\\r :/.-]+");
  private static final Pattern HEX = Pattern.compile("[0-9a-fA-F]{32}");
  private static final Pattern UUID =
      Pattern.compile("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}");
  private static final String URN = "urn:uuid:";
  private static final int UUID_LENGTH = 36;
  private static final int LONGEST_TAG = 128;
  private static final int LONGEST_TAG_VALUE = 256;
  private static final String DEFAULT_CLOUD = "AzurePublic";
  private static final List<String> CLOUDS =
      List.of("AzureChina", "AzureGovernment", DEFAULT_CLOUD);

  private static final Setting<String> ACCESS_KEY = text("access_key");
  private static final Setting<Secret> SECRET_KEY = Setting.secret("secret_key");
  private static final Setting<String> ROLE = text("role_arn");
  private static final Setting<String> EXTERNAL_ID = text("external_id");
  private static final Setting<String> SESSION_NAME =
      text("session_name")
          .accepted(
              name -> name.isEmpty() || SESSION.matcher(name).matches(),
              name ->
                  "\"" + name + "\" (expected: 2 to 64 letters, digits and characters of _+=,.@-)");
  private static final Setting<Map<String, String>> TAGS =
      Setting.textMap("tags")
          .checked(
              (login, key, tags) -> tags.forEach((name, value) -> checkTag(login, name, value)));
  static final SectionTable SIGV4_KEYS =
      SectionTable.of(
              "sigv4",
              text("region"),
              ACCESS_KEY,
              SECRET_KEY,
              text("profile"),
              ROLE,
              EXTERNAL_ID,
              SESSION_NAME,
              TAGS,
              bool("use_fips_sts_endpoint", false),
              text("service_name"))
          .checked(CloudCredentials::checkSigv4);

  /** The credentials of Amazon. */
  static final Setting<Optional<SettingValues>> SIGV4 = wholeSection("sigv4", SIGV4_KEYS);

  private static final Setting<String> CLIENT_ID = uuid(required("client_id"));
  private static final Setting<String> TENANT_ID = required("tenant_id");
  static final SectionTable MANAGED_IDENTITY =
      SectionTable.of("managed_identity", uuid(text("client_id")));
  static final SectionTable WORKLOAD_IDENTITY =
      SectionTable.of(
          "workload_identity",
          CLIENT_ID,
          uuid(TENANT_ID),
          Setting.of(
              "token_file_path",
              "file",
              "$AZURE_FEDERATED_TOKEN_FILE",
              (login, key, paths) -> {
                String file = login.string(key);
                return file.isEmpty() ? tokenFile() : file;
              }));
  static final SectionTable AZURE_OAUTH =
      SectionTable.of(
          "azuread.oauth",
          CLIENT_ID,
          Setting.secret("client_secret")
              .accepted(secret -> !secret.isEmpty(), secret -> "client_secret must be set"),
          TENANT_ID);
  static final SectionTable SDK = SectionTable.of("sdk", text("tenant_id"));
  static final SectionTable CERTIFICATE =
      SectionTable.of(
          "certificate",
          CLIENT_ID,
          TENANT_ID,
          required("certificate_path"),
          text("certificate_key_path"),
          Setting.secret("certificate_password"),
          bool("send_certificate_chain", false));
  private static final List<Setting<Optional<SettingValues>>> WAYS =
      List.of(
          section("managed_identity", MANAGED_IDENTITY),
          section("workload_identity", WORKLOAD_IDENTITY),
          section("oauth", AZURE_OAUTH),
          section("sdk", SDK),
          section("certificate", CERTIFICATE));
  static final SectionTable AZURE_KEYS =
      SectionTable.of(
              "azuread",
              WAYS.get(0),
              WAYS.get(1),
              WAYS.get(2),
              WAYS.get(3),
              WAYS.get(4),
              Setting.of("cloud", String.join(", ", CLOUDS), DEFAULT_CLOUD, CloudCredentials::cloud)
                  .always(),
              text("scope")
                  .accepted(
                      scope -> scope.isEmpty() || SCOPE.matcher(scope).matches(),
                      scope -> "the scope contains invalid characters (expected: a URL)"))
          .checked(CloudCredentials::checkWays);
  static final SectionTable GOOGLE_KEYS = SectionTable.of("google_iam", text("credentials_file"));

  /** The credentials of Amazon, Azure and Google. */
  static final List<Setting<Optional<SettingValues>>> ALL =
      List.of(SIGV4, wholeSection("azuread", AZURE_KEYS), section("google_iam", GOOGLE_KEYS));

  private CloudCredentials() {}

  private static void checkSigv4(SettingValues login) {
    boolean hasAccessKey = !login.get(ACCESS_KEY).isEmpty();
    if (hasAccessKey == login.get(SECRET_KEY).isEmpty()) {
      login
          .section()
          .error(
              hasAccessKey ? SECRET_KEY.key() : ACCESS_KEY.key(),
              "access_key and secret_key must be set together");
    }
    if (login.get(ROLE).isEmpty()) {
      needsRole(login, EXTERNAL_ID, login.get(EXTERNAL_ID).isEmpty());
      needsRole(login, SESSION_NAME, login.get(SESSION_NAME).isEmpty());
      needsRole(login, TAGS, login.get(TAGS).isEmpty());
    }
  }

  private static void needsRole(SettingValues login, Setting<?> field, boolean isEmpty) {
    if (!isEmpty) {
      login.error(field, field.key() + " can only be used with role_arn");
    }
  }

  private static void checkTag(Section login, String name, String value) {
    if (name.isEmpty()) {
      login.entryError("tags", name, "tag key must not be empty");
    }
    if (bytes(name) > LONGEST_TAG) {
      login.entryError(
          "tags", name, "tag key \"" + name + "\" exceeds the maximum length of " + LONGEST_TAG);
    }
    if (bytes(value) > LONGEST_TAG_VALUE) {
      login.entryError(
          "tags",
          name,
          "the value of tag \"" + name + "\" exceeds the maximum length of " + LONGEST_TAG_VALUE);
    }
  }

  private static int bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length;
  }

  private static String cloud(Section login, String key, ConfigPaths paths) {
    String cloud = login.string(key);
    if (!cloud.isEmpty() && !CLOUDS.contains(cloud)) {
      login.error(
          key,
          "\""
              + cloud
              + "\" (expected: one of "
              + String.join(", ", CLOUDS)
              + Problem.hint(cloud, CLOUDS)
              + ")");
    }
    return cloud.isEmpty() ? DEFAULT_CLOUD : cloud;
  }

  private static void checkWays(SettingValues login) {
    long ways = WAYS.stream().filter(way -> login.get(way).isPresent()).count();
    if (ways != 1) {
      login
          .section()
          .error(
              (ways == 0 ? "no way" : ways + " ways")
                  + " to authenticate (expected: exactly one of managed_identity,"
                  + " workload_identity, oauth, sdk, certificate)");
    }
  }

  private static String tokenFile() {
    String file = System.getenv("AZURE_FEDERATED_TOKEN_FILE");
    return file == null || file.isEmpty()
        ? "/var/run/secrets/azure/tokens/azure-identity-token"
        : file;
  }

  private static Setting<String> required(String key) {
    return text(key).accepted(text -> !text.isEmpty(), text -> key + " must be set");
  }

  private static Setting<String> uuid(Setting<String> field) {
    return field.accepted(
        text -> text.isEmpty() || isUuid(text),
        text ->
            "\""
                + text
                + "\" is not a UUID (expected: for example 00000000-1111-2222-3333-444444444444)");
  }

  /** Reads UUIDs as Azure's library does: also with braces, as a URN, or without dashes. */
  private static boolean isUuid(String text) {
    String bare =
        text.length() == UUID_LENGTH + URN.length() && text.toLowerCase(Locale.ROOT).startsWith(URN)
            ? text.substring(URN.length())
            : text.length() == UUID_LENGTH + 2 ? text.substring(1, UUID_LENGTH + 1) : text;
    return UUID.matcher(bare).matches() || HEX.matcher(text).matches();
  }
}
