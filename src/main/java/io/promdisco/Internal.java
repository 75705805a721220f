package io.promdisco;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Marks types that are public only for other packages of promdisco. They are not part of the public
 * API, and may change or disappear in any release. On a package, it applies to all types in it. In
 * a package with API types, internal types also have the Javadoc tag {@code @hidden}.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target({
  ElementType.PACKAGE,
  ElementType.TYPE,
  ElementType.METHOD,
  ElementType.CONSTRUCTOR,
  ElementType.FIELD
})
@Internal
public @interface Internal {}
