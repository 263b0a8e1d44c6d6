using Peft.Declarative.Native;
using static TorchSharp.torch;

namespace Peft.Declarative.Slots.Products;

/// <summary>
/// Layers that read one input, with what their adapters do: <c>yᵢ = Wᵢ x + sᵢ Bᵢ (Aᵢ x)</c>, and trained factors on that. The factors <c>A</c> are stacked, so
/// that there is one product for all of them, terms are added and outputs scaled in place, and the gradient of <c>x</c> is summed up by the products themselves.
/// </summary>
/// <remarks>
/// Where the rank is a dimension of a result, it is that of its rows: libtorch computes <c>(Bᵀ gᵀ)ᵀ</c> and <c>(A xᵀ)ᵀ</c> up to five times as fast as
/// <c>g B</c> and <c>x Aᵀ</c>.
/// </remarks>
internal sealed class JointProduct : autograd.MultiTensorFunction<JointProduct>
{
    public override string Name => nameof(JointProduct);

    /// <summary>Computes the outputs […, out] of all layers.</summary>
    /// <param name="input">The input […, in], float32.</param>
    /// <param name="products">The layers. The output of each must receive a gradient.</param>
    /// <param name="type">The type of the outputs. The default is float32.</param>
    internal static List<Tensor> Of(Tensor input, LayerProduct[] products, ScalarType type = ScalarType.Float32) =>
        FunctionMemory.WithoutSpare(apply([.. new JointPlan(input, products, type).Arguments]));

    public override List<Tensor> forward(autograd.AutogradContext ctx, params object[] vars)
    {
        using DisposeScope scope = NewDisposeScope();
        var plan = (JointPlan)vars[0];
        var saved = new SavedTensors();
        List<Tensor> outputs = plan.Forward((Tensor)vars[1], saved);
        foreach (Tensor output in outputs)
        {
            output.MoveToOuterDisposeScope();
        }

        ctx.save_for_backward(saved.All);
        ctx.save_data(nameof(plan), plan);
        return FunctionMemory.EndForward(ctx, outputs);
    }

    public override List<Tensor> backward(autograd.AutogradContext ctx, List<Tensor> grad_outputs)
    {
        using DisposeScope scope = NewDisposeScope();
        var plan = (JointPlan)ctx.get_data("plan");
        return FunctionMemory.EndBackward(grad_outputs, plan.Backward(ctx.get_saved_variables(), grad_outputs));
    }
}
