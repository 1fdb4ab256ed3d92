package org.plumbline.model.chat.jinja;

/** Something a template may call. */
@FunctionalInterface
interface PythonCallable {
  Object call(Execution execution, Arguments arguments);
}
