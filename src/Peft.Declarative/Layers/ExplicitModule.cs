using static TorchSharp.torch;

namespace Peft.Declarative.Layers;

/// <summary>A module that registers its parameters and child modules by name, in the code that assigns them.</summary>
/// <remarks>
/// TorchSharp's <c>RegisterComponents</c> registers every field by its own name. For these classes it would add each child a second time, under
/// the name of a private field, so they turn it off.
/// </remarks>
/// <param name="name">Class name, for TorchSharp.</param>
public abstract class ExplicitModule(string name) : nn.Module(name)
{
    /// <summary>Tensors that are not registered and move with the module.</summary>
    internal virtual IEnumerable<Tensor> OtherTensors => [];

    /// <inheritdoc/>
    protected override void _toEpilog(ScalarType? dtype, Device? device, bool non_blocking) =>
        MovedModules.Move(this, _internal_params.Values, _internal_buffers.Values.Select(entry => entry.Item1), OtherTensors, dtype, device);

    /// <inheritdoc/>
    protected override void RegisterComponents()
    {
    }
}
