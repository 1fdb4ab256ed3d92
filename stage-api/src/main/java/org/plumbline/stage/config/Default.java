package org.plumbline.stage.config;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Value of a component that the YAML leaves out, as YAML text read by the same rules; {@code "{}"}
 * for a nested record with its own defaults. Optional, List and Map are empty without it; any other
 * component without it is required.
 */
@Target(ElementType.RECORD_COMPONENT)
@Retention(RetentionPolicy.RUNTIME)
public @interface Default {
  /** YAML text, such as {@code 0.95}. */
  String value();
}
