package org.plumbline.model.engine;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.JniUtils;
import ai.djl.pytorch.jni.KernelCall;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/**
 * A TorchScript source kept as a resource, loaded with the attribute values given. The archive
 * around it is written here, so no serialised module from outside is ever opened.
 */
public final class KernelScript implements AutoCloseable {
  private final PtSymbolBlock module;

  private KernelScript(PtSymbolBlock module) {
    this.module = module;
  }

  /**
   * Loads a script.
   *
   * @param path absolute resource path, such as {@code /org/plumbline/model/kernels/transformer.py}
   * @param attributes the module's attributes: Integer, Double, Boolean or String, in any order
   */
  public static KernelScript load(NDManager manager, String path, Map<String, Object> attributes) {
    return load(manager, List.of(path), attributes);
  }

  /**
   * Loads a script that shares methods with others.
   *
   * @param paths the script, then files of further methods
   * @param attributes as above
   */
  public static KernelScript load(
      NDManager manager, List<String> paths, Map<String, Object> attributes) {
    StringBuilder code = new StringBuilder();
    paths.forEach(path -> code.append(text(path)).append('\n'));
    try {
      byte[] archive = TorchScriptArchive.write(code.toString(), attributes);
      return new KernelScript(
          JniUtils.loadModule(Engine.pt(manager), new ByteArrayInputStream(archive), false, false));
    } catch (IOException e) {
      throw new UncheckedIOException("loading kernel script " + paths.get(0), e);
    }
  }

  private static String text(String path) {
    try (InputStream source = KernelScript.class.getResourceAsStream(path)) {
      if (source == null) {
        throw new IllegalArgumentException("no kernel script " + path);
      }
      return new String(source.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException("reading kernel script " + path, e);
    }
  }

  /**
   * Calls a method without building a gradient graph.
   *
   * @param scope owns the results
   */
  public NDList call(NDManager scope, String method, Object... args) {
    return call(scope, false, method, args);
  }

  /**
   * Calls a method.
   *
   * @param scope owns the results
   * @param graph true to build a gradient graph from inputs that require gradients
   * @param args as {@link KernelCall#run}
   */
  public NDList call(NDManager scope, boolean graph, String method, Object... args) {
    boolean before = JniUtils.isGradMode();
    JniUtils.setGradMode(graph);
    try {
      return KernelCall.run(module, method, Engine.pt(scope), args);
    } finally {
      JniUtils.setGradMode(before);
    }
  }

  /** {@link #call(NDManager, boolean, String, Object...)} for a method that returns one tensor. */
  public NDArray one(NDManager scope, boolean graph, String method, Object... args) {
    return call(scope, graph, method, args).singletonOrThrow();
  }

  @Override
  public void close() {
    module.close();
  }
}
