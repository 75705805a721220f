package io.promdisco;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Marks what is public for other packages of promdisco only. It is not part of the public API and
 * may change or go with any release. On a package it holds for all types in it. In a package that
 * has types of the API, internal types also carry the Javadoc tag {@code @hidden}.
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
