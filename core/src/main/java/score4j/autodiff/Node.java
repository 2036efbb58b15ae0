package score4j.autodiff;

import java.util.List;
import java.util.SortedSet;
import java.util.stream.Collectors;

/// One step of a program.
///
/// @param inputs the numbers of earlier nodes
/// @param shape of one instance
/// @param axes along which instances differ
record Node(Op op, List<Integer> inputs, Shape shape, SortedSet<Axis> axes) {
  @Override
  public String toString() {
    String name =
        switch (op) {
          case Op.Input input -> input.name();
          case Op.Constant constant -> constant.toString();
          case Op.Size size -> "size(%s)".formatted(size.axis());
          case Op.Basis basis -> "basis(%s)".formatted(basis.axis());
          case Op.Unary unary -> unary.function().name().toLowerCase(java.util.Locale.ROOT);
          case Op.Binary binary -> binary.pair().name().toLowerCase(java.util.Locale.ROOT);
          case Op.Power power -> "power(%s)".formatted(power.exponent());
          case Op.MatMul product ->
              "matmul%s%s%s"
                  .formatted(
                      product.transposeLeft() ? "ᵀ" : "",
                      product.transposeRight() ? "·ᵀ" : "",
                      product.over().isEmpty() ? "" : " over " + product.over());
          case Op.SumAxis sum -> "sum over %s".formatted(sum.axis());
          case Op.Gather gather -> "gather(%s)".formatted(gather.axis());
          case Op.Spread spread -> "spread(%s)".formatted(spread.axis());
          case Op.Slice slice -> "slice(%d, %d)".formatted(slice.row(), slice.col());
          case Op.Pad pad -> "pad(%d, %d)".formatted(pad.row(), pad.col());
          case Op.Sum sum ->
              sum.rows() && sum.cols() ? "sum" : sum.rows() ? "sum of rows" : "sum of columns";
          case Op.Copy copy -> "copy";
          case Op.Stop stop -> "stop";
          case Op.Select select -> "select";
          case Op.Largest largest -> "largest";
          case Op.Broadcast broadcast -> "broadcast";
          case Op.Transpose transpose -> "transpose";
          case Op.Reshape reshape -> "reshape";
        };
    String arguments = inputs.stream().map(i -> "%" + i).collect(Collectors.joining(" "));
    String type = shape + (axes.isEmpty() ? "" : axes.toString());
    return (name + " " + arguments).strip() + " : " + type;
  }
}
