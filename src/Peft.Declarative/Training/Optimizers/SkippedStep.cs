using Peft.Declarative.Native;
using static TorchSharp.torch;

namespace Peft.Declarative.Training.Optimizers;

/// <summary>Leaves a step out if a number on the device says so, without waiting for the device: what the step has changed becomes again what it was.</summary>
internal static class SkippedStep
{
    /// <summary>Whether a number in host memory is read, which waits for nothing and saves the copies. Tests do on a CPU what is done on other devices.</summary>
    internal static bool ReadsHostMemory { get; set; } = true;

    /// <summary>Whether the step is known to be left out before it is done.</summary>
    /// <param name="skip">A float32 scalar, 1 to leave the step out; <see langword="null"/> never does.</param>
    internal static bool IsKnown(Tensor? skip) => skip is not null && IsOnHost(skip) && skip.item<float>() == 1.0f;

    /// <summary>Copies what a step is about to change; <see langword="null"/> if the step is done in any case.</summary>
    /// <param name="skip">The number; see <see cref="IsKnown"/>, which has been asked.</param>
    /// <param name="changed">The tensors that the step changes in place.</param>
    internal static Tensor[]? Before(Tensor? skip, Tensor[] changed) =>
        skip is null || IsOnHost(skip) ? null : Array.ConvertAll(changed, static tensor => tensor.clone());

    /// <summary>Undoes a step that is left out.</summary>
    /// <param name="skip">The number.</param>
    /// <param name="changed">The tensors that the step has changed.</param>
    /// <param name="before">From <see cref="Before"/>.</param>
    internal static void Undo(Tensor? skip, Tensor[] changed, Tensor[]? before)
    {
        if (before is null)
        {
            return;
        }

        Tensor isLeftOut = skip!.eq(Scalars.Of(1));
        for (int i = 0; i < changed.Length; i++)
        {
            // States can be in host memory between steps, and bringing them there has waited already.
            changed[i].copy_(where(isLeftOut.to(changed[i].device), before[i], changed[i]));
        }
    }

    private static bool IsOnHost(Tensor skip) => ReadsHostMemory && skip.device_type == DeviceType.CPU;
}
