using Peft.Declarative.Native;
using static TorchSharp.torch;

namespace Peft.Declarative.Layers;

/// <summary>
/// Moves the tensors of a module and of its children in place. TorchSharp would replace each parameter by a new object and dispose the former one, to which adapters, merged
/// weights and optimizers still refer.
/// </summary>
internal static class MovedModules
{
    /// <param name="module">The module.</param>
    /// <param name="parameters">Its registered parameters.</param>
    /// <param name="buffers">Its registered buffers.</param>
    /// <param name="others">Its tensors that are not registered. They keep their type.</param>
    /// <param name="type">The new type of floating-point tensors; <see langword="null"/> keeps it. Adapters remain float32 in any case.</param>
    /// <param name="device">The new device; <see langword="null"/> keeps it.</param>
    internal static void Move(
        nn.Module module, IEnumerable<Tensor?> parameters, IEnumerable<Tensor?> buffers, IEnumerable<Tensor> others, ScalarType? type, Device? device)
    {
        // TorchSharp asks each module for its children's move as well as for its own.
        ScalarType? converted = module is IKeepsType { KeepsType: true } ? null : type;
        foreach (nn.Module child in module.children().ToList())
        {
            if (module is IKeepsType { KeepsType: true } && child is not (ExplicitModule or ExplicitLayer))
            {
                // A layer of TorchSharp's own in an adapter, such as the network of a prompt.
                others = others.Concat(child.parameters()).Concat(child.buffers());
                continue;
            }

            _ = (type, device) switch
            {
                ({ } toType, null) => child.to(toType),
                (null, { } toDevice) => child.to(toDevice),
                ({ } toType, { } toDevice) => child.to(toDevice, toType),
                _ => child,
            };
        }

        foreach (Tensor tensor in parameters.Concat(buffers).OfType<Tensor>().ToList())
        {
            TensorHandle.Move(tensor, converted, device);
        }

        foreach (Tensor tensor in others.ToList())
        {
            TensorHandle.Move(tensor, type: null, device);
        }
    }
}

/// <summary>A module whose tensors can keep their element type when the model is converted, because they belong to an adapter.</summary>
internal interface IKeepsType
{
    /// <summary>Whether the tensors keep their type.</summary>
    bool KeepsType { get; }
}
