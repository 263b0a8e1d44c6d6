using System.Runtime.CompilerServices;
using TorchSharp;
using static TorchSharp.torch;

namespace Peft.Declarative.Native;

/// <summary>Moves tensors to another device or element type in place: every reference to the managed object, such as an optimizer's, remains valid.</summary>
internal static class TensorHandle
{
    /// <summary>Converts a tensor in place. Only floating-point tensors change their type. A gradient is converted with it.</summary>
    /// <param name="target">The tensor; a tensor that was disposed is left alone.</param>
    /// <param name="type">The new element type; <see langword="null"/> keeps it.</param>
    /// <param name="device">The new device; <see langword="null"/> keeps it.</param>
    internal static void Move(Tensor target, ScalarType? type, Device? device)
    {
        if (target.IsInvalid || target.device_type == DeviceType.META)
        {
            return;
        }

        ScalarType wanted = type is { } given && target.is_floating_point() ? given : target.dtype;
        Device place = device ?? target.device;
        if (wanted == target.dtype && SamePlace(place, target))
        {
            return;
        }

        using IDisposable untracked = no_grad();
        using DisposeScope scope = NewDisposeScope();
        bool trained = target.requires_grad;
        Tensor moved = target.detach().to(wanted, place, copy: true).requires_grad_(trained);
        if (target.grad is { } gradient)
        {
            moved.grad = gradient.to(wanted, place);
        }

        Swap(target, moved);   // what is freed with the scope is now the former memory
    }

    /// <summary>
    /// Gives a tensor other memory. What autograd keeps for a tensor that was trained, 300 bytes and its gradient, is freed; it is made anew if the tensor is trained
    /// again.
    /// </summary>
    /// <param name="memory">The memory, with the shape, type and device of the tensor.</param>
    /// <param name="target">The tensor. It remains trained if it is.</param>
    internal static void MoveInto(Tensor memory, Tensor target)
    {
        using IDisposable untracked = no_grad();
        using DisposeScope scope = NewDisposeScope();
        Tensor moved = memory.new_empty(0);   // no view of the memory: all of those count their versions together
        moved.set_(memory);
        if (target.requires_grad)
        {
            moved.requires_grad_(true);
        }

        Swap(target, moved);
    }

    private static bool SamePlace(Device place, Tensor target) =>
        place.type == target.device_type && (place.index < 0 || place.type == DeviceType.CPU || place.index == target.device_index);

    private static void Swap(Tensor one, Tensor other) =>
        (Handle(one), Handle(other)) = (Handle(other), Handle(one));

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "handle")]
    private static extern ref IntPtr Handle(Tensor tensor);
}
