using Peft.Declarative.Layers;
using Peft.Declarative.Native;
using static TorchSharp.torch;

namespace Peft.Declarative.Methods.Bottleneck;

/// <summary>
/// A bottleneck with its residual as one function: <c>r + s · (U f(D x + d) + u)</c>. It saves the input and <c>D x + d</c>, which is narrow; <c>f</c> is
/// computed again in the backward pass. Houlsby et al. 2019, arXiv 1902.00751, section 2.1.
/// </summary>
/// <remarks>The width of the bottleneck is that of the rows of a result: libtorch computes such products up to five times as fast as with it as columns.</remarks>
internal sealed class BottleneckFunction : autograd.SingleTensorFunction<BottleneckFunction>
{
    public override string Name => nameof(BottleneckFunction);

    /// <summary>Whether the function is used. Tests compare with the operations that it replaces.</summary>
    internal static bool IsEnabled { get; set; } = true;

    /// <summary>Whether there are gradients to be computed, and all is float32.</summary>
    /// <param name="input">The input […, width].</param>
    /// <param name="residual">The residual […, width], or null.</param>
    /// <param name="projections">The parameters.</param>
    internal static bool Fits(Tensor input, Tensor? residual, in BottleneckProjections projections) =>
        IsEnabled
        && is_grad_enabled()
        && (input.requires_grad || projections.AreTrained)
        && input.dtype == ScalarType.Float32
        && (residual is null || residual.dtype == ScalarType.Float32)
        && projections.Down.dtype == ScalarType.Float32
        && input.numel() > 0;

    /// <summary>Computes the output […, width].</summary>
    /// <param name="input">The input […, width].</param>
    /// <param name="residual">The residual <c>r</c> […, width]; null for none. It can be the input.</param>
    /// <param name="projections">The parameters.</param>
    /// <param name="activation">The activation <c>f</c>.</param>
    /// <param name="scale">The factor <c>s</c>.</param>
    internal static Tensor Of(Tensor input, Tensor? residual, in BottleneckProjections projections, Activation activation, double scale)
    {
        bool addsInput = ReferenceEquals(input, residual);
        bool hasOther = residual is not null && !addsInput;
        var settings = new Settings(activation, scale, addsInput, hasOther, NeedsInput: input.requires_grad, projections.AreTrained);
        (Tensor down, Tensor downBias, Tensor up, Tensor upBias) = projections;
        return FunctionMemory.WithoutSpare(hasOther
            ? apply(settings, input, down, downBias, up, upBias, residual!)
            : apply(settings, input, down, downBias, up, upBias));
    }

    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        using IDisposable untracked = no_grad();
        using DisposeScope scope = NewDisposeScope();
        var settings = (Settings)vars[0];
        var (input, down, downBias, up, upBias) = ((Tensor)vars[1], (Tensor)vars[2], (Tensor)vars[3], (Tensor)vars[4], (Tensor)vars[5]);
        Tensor? residual = settings.AddsInput ? input : settings.HasOtherResidual ? (Tensor)vars[6] : null;
        float scale = (float)settings.Scale;

        Tensor hidden = addmm(downBias.unsqueeze(1), down, Rows(input).t(), 1f, 1f);   // [size, rows]
        Tensor inner = ActivationFunctions.Of(settings.Activation)(hidden).t();
        Tensor output = residual is null
            ? addmm(upBias, inner, up.t(), scale, scale)
            : Rows(residual).add(upBias, Scalars.Of(scale)).addmm_(inner, up.t(), 1f, scale);

        // They are saved after this method returns.
        ctx.save_for_backward([input, hidden.MoveToOuterDisposeScope(), down, up]);
        ctx.save_data(nameof(settings), settings);
        return FunctionMemory.EndForward(ctx, output.view_as(input).MoveToOuterDisposeScope());
    }

    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
    {
        using DisposeScope scope = NewDisposeScope();
        List<Tensor> saved = ctx.get_saved_variables();
        var settings = (Settings)ctx.get_data("settings");
        var (input, hidden, down, up) = (saved[0], saved[1], saved[2], saved[3]);
        float scale = (float)settings.Scale;

        Tensor rows = Rows(grad_output);
        Tensor innerGradient = hidden.new_empty(hidden.size(0), hidden.size(1)).addmm_(up.t(), rows.t(), 0f, scale);
        Tensor hiddenGradient = ActivationFunctions.Gradient(settings.Activation, innerGradient, hidden);
        List<Tensor> result = [null!, null!, null!, null!, null!, null!];
        if (settings.TrainsProjections)
        {
            result[2] = hiddenGradient.mm(Rows(input));
            result[3] = hiddenGradient.sum(dim: 1);
            result[4] = ActivationFunctions.Of(settings.Activation)(hidden).mm(rows).mul_(Scalars.Of(scale)).t();
            result[5] = rows.sum(dim: 0).mul_(Scalars.Of(scale));
        }

        if (settings.NeedsInput)
        {
            result[1] = (settings.AddsInput ? addmm(rows, hiddenGradient.t(), down, 1f, 1f) : hiddenGradient.t().mm(down)).view_as(input);
        }

        if (settings.HasOtherResidual)
        {
            result.Add(grad_output.alias());
        }

        return FunctionMemory.EndBackward(grad_output, result);
    }

    private static Tensor Rows(Tensor x) => x.reshape(-1, x.size(-1));

    private sealed record Settings(Activation Activation, double Scale, bool AddsInput, bool HasOtherResidual, bool NeedsInput, bool TrainsProjections);
}

/// <summary>The parameters of a bottleneck.</summary>
/// <param name="Down"><c>D</c> [size, width].</param>
/// <param name="DownBias"><c>d</c> [size].</param>
/// <param name="Up"><c>U</c> [width, size].</param>
/// <param name="UpBias"><c>u</c> [width].</param>
internal readonly record struct BottleneckProjections(Tensor Down, Tensor DownBias, Tensor Up, Tensor UpBias)
{
    /// <summary>Whether they are trained.</summary>
    internal bool AreTrained => Down.requires_grad || Up.requires_grad;
}
