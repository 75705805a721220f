package io.promdisco;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.mapping;
import static java.util.stream.Collectors.toList;
import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.io.IOException;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Constructor;
import java.lang.reflect.Executable;
import java.lang.reflect.Field;
import java.lang.reflect.GenericArrayType;
import java.lang.reflect.Member;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.lang.reflect.WildcardType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * The public API is what {@code src/test/resources/api/public-api.txt} lists (decision 0026):
 * public types that are not marked {@link Internal}, with their public and protected members. A
 * change of the API changes that file.
 */
class PublicApiTest {
  private static final Path RECORDED = Path.of("src/test/resources/api/public-api.txt");
  private static final Path FOUND = Path.of("target/public-api.txt");

  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .importUrl(Promdisco.class.getProtectionDomain().getCodeSource().getLocation());

  /** Reflection would find the package-info of the tests. */
  private static final Set<String> INTERNAL_PACKAGES =
      CLASSES.stream()
          .filter(type -> type.getSimpleName().equals("package-info"))
          .filter(type -> type.isAnnotatedWith(Internal.class))
          .map(JavaClass::getPackageName)
          .collect(toSet());

  private static final List<Class<?>> TYPES =
      CLASSES.stream()
          .filter(type -> !type.getSimpleName().equals("package-info"))
          .sorted(Comparator.comparing(JavaClass::getName))
          .<Class<?>>map(JavaClass::reflect)
          .filter(PublicApiTest::isApi)
          .toList();

  @Test
  void theApiIsTheRecordedOne() throws IOException {
    List<String> found = TYPES.stream().flatMap(type -> describe(type).stream()).toList();

    Files.createDirectories(FOUND.getParent());
    Files.write(FOUND, found);
    assertThat(found)
        .as("the public API; if the change is meant: cp %s %s", FOUND, RECORDED)
        .containsExactlyElementsOf(Files.readAllLines(RECORDED));
  }

  @Test
  void theApiMentionsNoInternalType() {
    Set<String> leaks = new TreeSet<>();
    for (Class<?> type : TYPES) {
      Consumer<Class<?>> check =
          used -> {
            if (isOurs(used) && !isApi(used)) {
              leaks.add(type.getName() + ": " + used.getName());
            }
          };
      visit(type.getGenericSuperclass(), check);
      visit(type.getGenericInterfaces(), check);
      visit(type.getTypeParameters(), check);
      members(type).forEach(member -> visit(member, check));
    }
    assertThat(leaks).isEmpty();
  }

  @Test
  void theDocumentationListsTheTypes() throws IOException {
    String page = Files.readString(Path.of("docs/api.md"));

    assertThat(
            TYPES.stream()
                .filter(type -> !type.isMemberClass())
                .collect(
                    groupingBy(
                        Class::getPackageName,
                        TreeMap::new,
                        mapping(Class::getSimpleName, toList())))
                .entrySet())
        .allSatisfy(
            types ->
                assertThat(page)
                    .contains(
                        "| `%s` | `%s` |\n"
                            .formatted(types.getKey(), String.join("`, `", types.getValue()))));
  }

  @Test
  void theJavadocLeavesInternalTypesOut() throws IOException {
    String pom = Files.readString(Path.of("pom.xml"));

    assertThat(find("<excludePackageNames>\\s*([^<]+?)\\s*<", pom).get(0).split(":\\s*"))
        .containsExactlyInAnyOrderElementsOf(INTERNAL_PACKAGES);
    for (JavaClass type : CLASSES) {
      if (type.isTopLevelClass()
          && type.isAnnotatedWith(Internal.class)
          && !type.equals(CLASSES.get(Internal.class))
          && !INTERNAL_PACKAGES.contains(type.getPackageName())) {
        String file = "src/main/java/" + type.getName().replace('.', '/') + ".java";
        assertThat(Files.readString(Path.of(file))).as(file).contains("\n * @hidden\n");
      }
    }
  }

  private static List<String> find(String regex, String text) {
    return Pattern.compile(regex).matcher(text).results().map(found -> found.group(1)).toList();
  }

  /** Whether programs may use a type: it and its enclosing types are public and not internal. */
  static boolean isApi(Class<?> type) {
    for (Class<?> at = type; at != null; at = at.getEnclosingClass()) {
      if (!Modifier.isPublic(at.getModifiers()) || at.isAnnotationPresent(Internal.class)) {
        return false;
      }
    }
    return !INTERNAL_PACKAGES.contains(type.getPackageName());
  }

  private static boolean isInternal(AnnotatedElement element) {
    return element.isAnnotationPresent(Internal.class);
  }

  private static boolean isOurs(Class<?> type) {
    return type.getName().startsWith("io.promdisco.");
  }

  /** Returns a line for the type and one for each of its members. */
  private static List<String> describe(Class<?> type) {
    List<String> lines = new ArrayList<>();
    StringBuilder line = new StringBuilder(type.toGenericString());
    if (type.getSuperclass() != null && !isGiven(type)) {
      line.append(" extends ").append(type.getGenericSuperclass().getTypeName());
    }
    if (type.getInterfaces().length > 0) {
      line.append(type.isInterface() ? " extends " : " implements ")
          .append(
              String.join(
                  ", ",
                  Arrays.stream(type.getGenericInterfaces()).map(Type::getTypeName).toList()));
    }
    lines.add(line.toString());
    members(type).map(PublicApiTest::describe).sorted().forEach(lines::add);
    return lines;
  }

  private static boolean isGiven(Class<?> type) {
    return type.isEnum() || type.isRecord() || type.getSuperclass() == Object.class;
  }

  /** Returns the member in Java syntax, without the name of its type. */
  private static String describe(Member member) {
    String text =
        member instanceof Executable code
            ? code.toGenericString()
            : ((Field) member).toGenericString();
    String owner = member.getDeclaringClass().getTypeName();
    return "  " + text.replace(owner + "." + member.getName(), member.getName());
  }

  /** The members that programs may use. */
  private static Stream<Member> members(Class<?> type) {
    Stream<Member> all =
        Stream.of(
                type.getDeclaredFields(), type.getDeclaredConstructors(), type.getDeclaredMethods())
            .flatMap(Arrays::stream);
    return all.filter(
        member ->
            (Modifier.isPublic(member.getModifiers())
                    || (Modifier.isProtected(member.getModifiers())
                        && !Modifier.isFinal(type.getModifiers())))
                && !member.isSynthetic()
                && !isInternal((AnnotatedElement) member));
  }

  private static void visit(Member member, Consumer<Class<?>> check) {
    if (member instanceof Field field) {
      visit(field.getGenericType(), check);
    } else if (member instanceof Constructor<?> constructor) {
      visitCode(constructor, check);
    } else if (member instanceof Method method) {
      visit(method.getGenericReturnType(), check);
      visitCode(method, check);
    }
  }

  private static void visitCode(Executable code, Consumer<Class<?>> check) {
    visit(code.getGenericParameterTypes(), check);
    visit(code.getGenericExceptionTypes(), check);
    visit(code.getTypeParameters(), check);
  }

  private static void visit(Type[] types, Consumer<Class<?>> check) {
    for (Type type : types) {
      visit(type, check);
    }
  }

  /** Passes every class that a type names to {@code to}. */
  private static void visit(Type type, Consumer<Class<?>> check) {
    visit(type, check, new HashSet<>());
  }

  private static void visit(Type type, Consumer<Class<?>> check, Set<Type> seen) {
    if (type == null || !seen.add(type)) {
      return;
    }
    Set<Type> parts = new LinkedHashSet<>();
    if (type instanceof Class<?> found) {
      check.accept(found);
      if (found.isArray()) {
        parts.add(found.getComponentType());
      }
    } else if (type instanceof ParameterizedType generic) {
      parts.add(generic.getRawType());
      parts.addAll(List.of(generic.getActualTypeArguments()));
    } else if (type instanceof TypeVariable<?> variable) {
      parts.addAll(List.of(variable.getBounds()));
    } else if (type instanceof WildcardType wildcard) {
      parts.addAll(List.of(wildcard.getUpperBounds()));
      parts.addAll(List.of(wildcard.getLowerBounds()));
    } else if (type instanceof GenericArrayType array) {
      parts.add(array.getGenericComponentType());
    }
    parts.forEach(part -> visit(part, check, seen));
  }
}
