using Peft.Declarative.Native;
using static TorchSharp.torch;

namespace Peft.Declarative.Training;

/// <summary>
/// The losses and gradient norms of the steps since the last report, kept on the device so that the training thread need not wait for it. Once a loss
/// or norm is not finite, <see cref="Failed"/> is 1, and the optimizer no longer changes the parameters: they keep their values from before that
/// step.
/// </summary>
internal sealed class StepLog : IDisposable
{
    private readonly Tensor _losses;
    private readonly Tensor _norms;

    /// <param name="capacity">The maximum number of steps between two reads.</param>
    /// <param name="device">The device of the losses.</param>
    internal StepLog(int capacity, Device device)
    {
        _losses = zeros(capacity, dtype: ScalarType.Float32, device: device).DetachFromDisposeScope();
        _norms = zeros(capacity, dtype: ScalarType.Float32, device: device).DetachFromDisposeScope();
        Failed = zeros([], dtype: ScalarType.Float32, device: device).DetachFromDisposeScope();
    }

    /// <summary>A float32 scalar on the device: 1 from the first step with a loss or gradient that is not finite, otherwise 0.</summary>
    internal Tensor Failed { get; }

    /// <summary>The number of closed steps that were not read.</summary>
    internal int Unread { get; private set; }

    /// <summary>Whether the log must be read before the next step.</summary>
    internal bool IsFull => Unread == _losses.size(0);

    /// <summary>The loss of the open step, a view that belongs to the caller.</summary>
    internal Tensor Open() => _losses.select(0, Unread);

    /// <summary>Adds a micro-batch's part to the loss of the open step.</summary>
    internal void Add(Tensor loss)
    {
        using Tensor place = Open();
        using Tensor value = loss.detach();
        place.add_(value, Scalars.One);
    }

    /// <summary>Ends the open step.</summary>
    internal void Close(Tensor norm)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor loss = Open();
        _norms.select(0, Unread).copy_(norm);

        // The sum is finite exactly when both are; infinities of opposite sign give NaN.
        Tensor failed = loss.add(norm, Scalars.One).isfinite().logical_not_().to(ScalarType.Float32);
        Failed.copy_(maximum(Failed, failed));
        Unread++;
    }

    /// <summary>Reads the losses and norms of all closed steps. Waits for the device.</summary>
    internal (double Loss, double Norm)[] Read()
    {
        using DisposeScope scope = NewDisposeScope();
        float[] losses = _losses.narrow(0, 0, Unread).cpu().data<float>().ToArray();
        float[] norms = _norms.narrow(0, 0, Unread).cpu().data<float>().ToArray();
        _losses.zero_();
        Unread = 0;
        var steps = new (double Loss, double Norm)[losses.Length];
        for (int i = 0; i < steps.Length; i++)
        {
            steps[i] = (losses[i], norms[i]);
        }

        return steps;
    }

    public void Dispose()
    {
        _losses.Dispose();
        _norms.Dispose();
        Failed.Dispose();
    }
}
