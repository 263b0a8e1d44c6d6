using TorchSharp;
using static TorchSharp.torch;

namespace Peft.Declarative.Native;

/// <summary>Numbers for tensor operations, kept alive until libtorch has read them.</summary>
/// <remarks>
/// A number that is given to a TorchSharp operation becomes a <see cref="Scalar"/> that nothing refers to once its address was taken. If another
/// thread makes the garbage collector run just then, the finalizer frees it while libtorch reads it: the operation fails, takes another
/// number, or ends the process. <c>a + b</c> and <c>a.add(b)</c> do the same with a hidden factor of 1, which is why sums name
/// <see cref="One"/>. A test reads the compiled library and finds every number that takes another way.
/// </remarks>
internal static class Scalars
{
    /// <summary>The factor of a plain sum: <c>a.add(b, Scalars.One)</c> is a + b.</summary>
    internal static readonly Scalar One = 1;

    // An operation takes a few numbers, six at most, and has read them when it returns: the last ones of each thread are enough.
    private const int Kept = 16;

    [ThreadStatic]
    private static Scalar[]? _recent;

    [ThreadStatic]
    private static int _next;

    internal static Scalar Of(double value) => Keep(value);

    internal static Scalar Of(float value) => Keep(value);

    internal static Scalar Of(long value) => Keep(value);

    internal static Scalar Of(int value) => Keep(value);

    internal static Scalar Of(bool value) => Keep(value);

    /// <summary>The whole numbers from <paramref name="first"/> to before <paramref name="end"/>, int64 [end − first].</summary>
    internal static Tensor Range(long first, long end, Device? device = null) => arange(Of(first), Of(end), One, dtype: ScalarType.Int64, device: device);

    private static Scalar Keep(Scalar scalar)
    {
        Scalar[] recent = _recent ??= new Scalar[Kept];
        recent[_next = (_next + 1) % Kept] = scalar;
        return scalar;
    }
}
