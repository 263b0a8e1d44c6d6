using TorchSharp;
using static TorchSharp.torch;

namespace Peft.Declarative.Native;

/// <summary>A point in a device's stream of random numbers to which backward returns, so that dropout hides the same elements again.</summary>
/// <remarks>TorchSharp can save the CPU generator's state but not a GPU's; there a fresh seed, drawn on the CPU, marks the point.</remarks>
internal sealed class Randomness : IDisposable
{
    private readonly Tensor? _state;
    private readonly long _seed;

    private Randomness(Device device)
    {
        if (device.type == DeviceType.CPU)
        {
            _state = random.get_rng_state().DetachFromDisposeScope();
            return;
        }

        using Tensor seed = randint(long.MaxValue, [1], dtype: ScalarType.Int64);
        _seed = seed.item<long>();
        cuda.manual_seed(_seed);
    }

    /// <summary>Marks the point where the device's stream is now.</summary>
    internal static Randomness Mark(Device device) => new(device);

    /// <summary>Takes the stream back to the mark.</summary>
    internal void Return()
    {
        if (_state is not null)
        {
            random.set_rng_state(_state);
        }
        else
        {
            cuda.manual_seed(_seed);
        }
    }

    public void Dispose() => _state?.Dispose();
}
