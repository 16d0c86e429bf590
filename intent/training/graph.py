"""The encoder's six layers as an ONNX graph without its weights.

The graph is a few kilobytes and goes into git; the weights come from the pinned encoder
package and are handed over when the session is made (intent/encoder.py).
Inputs: ``x`` float32 (tokens, 384), already embedded, and ``own`` int64 (1), how many of them are the reply's own;
output ``hidden`` float32 (own, 384). Of the question nothing is pooled, so the last layer leaves it out.
"""

from onnx import ModelProto, TensorProto, helper

LAYERS, WIDTH, HEADS, INNER = 6, 384, 12, 1536
HEAD_WIDTH = WIDTH // HEADS
#: The weights a session must be given, with their shapes.
SHAPES = {
    "qkv.w": (WIDTH, 3 * WIDTH),
    "qkv.b": (3 * WIDTH,),
    "out.w": (WIDTH, WIDTH),
    "out.b": (WIDTH,),
    "ln1.w": (WIDTH,),
    "ln1.b": (WIDTH,),
    "up.w": (WIDTH, INNER),
    "up.b": (INNER,),
    "down.w": (INNER, WIDTH),
    "down.b": (WIDTH,),
    "ln2.w": (WIDTH,),
    "ln2.b": (WIDTH,),
}


def build() -> ModelProto:
    """The graph, with every weight declared as external data."""
    nodes, weights = [], []

    def node(op: str, inputs: list[str], output: str, **attributes: object) -> str:
        nodes.append(helper.make_node(op, inputs, [output], **attributes))
        return output

    shapes = {"heads": [-1, HEADS, HEAD_WIDTH], "flat": [-1, WIDTH], "first": [0], "rows": [0]}
    constants = [helper.make_tensor(name, TensorProto.INT64, [len(v)], v) for name, v in shapes.items()]
    x = "x"
    for layer in range(LAYERS):
        at = f"{layer}."
        for name, shape in SHAPES.items():
            weights.append(_external(at + name, shape))
        qkv = node("Add", [node("MatMul", [x, at + "qkv.w"], at + "qkv0"), at + "qkv.b"], at + "qkv")
        nodes.append(helper.make_node("Split", [qkv], [at + "q", at + "k", at + "v"], axis=1, num_outputs=3))
        query = at + "q"
        if layer == LAYERS - 1:
            query = node("Slice", [query, "first", "own", "rows"], at + "q.own")
            x = node("Slice", [x, "first", "own", "rows"], at + "x.own")
        for part, whole, order in (("q", query, [1, 0, 2]), ("k", at + "k", [1, 2, 0]), ("v", at + "v", [1, 0, 2])):
            split = node("Reshape", [whole, "heads"], at + part + "1")
            node("Transpose", [split], at + part + "2", perm=order)
        # The scale 1/sqrt(32) is folded into the query weights.
        scores = node("MatMul", [at + "q2", at + "k2"], at + "scores")
        share = node("Softmax", [scores], at + "share", axis=-1)
        mixed = node("MatMul", [share, at + "v2"], at + "mixed")
        mixed = node("Transpose", [mixed], at + "mixed1", perm=[1, 0, 2])
        mixed = node("Reshape", [mixed, "flat"], at + "mixed2")
        attended = node("Add", [node("MatMul", [mixed, at + "out.w"], at + "a0"), at + "out.b"], at + "a1")
        attended = node("Add", [attended, x], at + "a2")
        attended = node("LayerNormalization", [attended, at + "ln1.w", at + "ln1.b"], at + "a3", epsilon=1e-12)
        up = node("Add", [node("MatMul", [attended, at + "up.w"], at + "u0"), at + "up.b"], at + "u1")
        up = node("Gelu", [up], at + "u2")
        down = node("Add", [node("MatMul", [up, at + "down.w"], at + "d0"), at + "down.b"], at + "d1")
        down = node("Add", [down, attended], at + "d2")
        last = "hidden" if layer == LAYERS - 1 else at + "d3"
        x = node("LayerNormalization", [down, at + "ln2.w", at + "ln2.b"], last, epsilon=1e-12)
    graph = helper.make_graph(
        nodes,
        "encoder",
        [
            helper.make_tensor_value_info("x", TensorProto.FLOAT, ["tokens", WIDTH]),
            helper.make_tensor_value_info("own", TensorProto.INT64, [1]),
        ],
        [helper.make_tensor_value_info("hidden", TensorProto.FLOAT, ["own", WIDTH])],
        constants + weights,
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 20)], ir_version=9, producer_name="switchboard")


def _external(name: str, shape: tuple[int, ...]) -> TensorProto:
    tensor = TensorProto(name=name, data_type=TensorProto.FLOAT, dims=shape)
    tensor.data_location = TensorProto.EXTERNAL
    tensor.external_data.add(key="location", value="given-at-run-time")
    return tensor
