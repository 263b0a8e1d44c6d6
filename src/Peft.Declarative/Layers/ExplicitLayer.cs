using System.Runtime.CompilerServices;
using static TorchSharp.torch;

namespace Peft.Declarative.Layers;

/// <summary>An <see cref="ExplicitModule"/> with a forward pass of one tensor to one tensor.</summary>
public abstract class ExplicitLayer : nn.Module<Tensor, Tensor>
{
    /// <summary>Creates a layer.</summary>
    /// <param name="name">Class name, for TorchSharp.</param>
    protected ExplicitLayer(string name)
        : base(name)
    {
    }

    /// <summary>Creates a layer that shares the native module of another, which saves 600 bytes and a callback. It has to keep its training mode itself.</summary>
    /// <param name="name">Class name, for TorchSharp.</param>
    /// <param name="like">A module that lives as long as the process.</param>
    private protected ExplicitLayer(string name, nn.Module like)
        : base(IntPtr.Zero, IntPtr.Zero)
    {
        this.name = name;
        Handle(this) = Handle(like);
    }

    /// <summary>Tensors that are not registered and move with the layer.</summary>
    internal virtual IEnumerable<Tensor> OtherTensors => [];

    /// <inheritdoc/>
    protected override void _toEpilog(ScalarType? dtype, Device? device, bool non_blocking) =>
        MovedModules.Move(this, parameters(recurse: false), _internal_buffers.Values.Select(entry => entry.Item1), OtherTensors, dtype, device);

    /// <inheritdoc/>
    protected override void RegisterComponents()
    {
    }

    /// <summary>Leaves a shared native module to the others, before TorchSharp frees that of this layer.</summary>
    /// <param name="like">The module to which it belongs.</param>
    private protected void ReturnHandle(nn.Module like)
    {
        if (ReferenceEquals(Handle(this), Handle(like)))
        {
            // TorchSharp frees what it disposes also if it does not own it.
            Handle(this) = new HType(Handle(like).DangerousGetHandle(), ownsHandle: false, static _ => { });
        }
    }

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "handle")]
    private static extern ref HType Handle(nn.Module module);
}
