package org.plumbline.stage.config;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Names a record that implements a sealed interface: the section's key {@code type} holds the name.
 * Without it the name is the snake_case class name.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
public @interface Choice {
  /** Value of {@code type}, such as {@code adaptive}. */
  String value();
}
