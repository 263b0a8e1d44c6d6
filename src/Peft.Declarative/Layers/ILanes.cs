using System.Runtime.Intrinsics;

namespace Peft.Declarative.Layers;

/// <summary>
/// The vectors of a kernel that is written once for several widths. Its methods are given as a type argument, for which .NET compiles a copy of the kernel with
/// one instruction for each; a structure around a vector was up to a fifth slower.
/// </summary>
/// <typeparam name="TVector">The vector.</typeparam>
internal unsafe interface ILanes<TVector>
    where TVector : struct
{
    /// <summary>The numbers of a vector.</summary>
    static abstract int Count { get; }

    /// <summary>A vector of one number.</summary>
    static abstract TVector Of(float number);

    static abstract TVector Load(float* from);

    static abstract void Store(TVector vector, float* to);

    static abstract TVector Add(TVector left, TVector right);

    static abstract TVector Subtract(TVector left, TVector right);

    static abstract TVector Multiply(TVector left, TVector right);

    static abstract TVector Divide(TVector left, TVector right);

    /// <summary><paramref name="left"/> · <paramref name="right"/> + <paramref name="sum"/>, rounded once.</summary>
    static abstract TVector MultiplyAdd(TVector left, TVector right, TVector sum);

    /// <summary>The smaller numbers; those of <paramref name="right"/> where one is NaN.</summary>
    static abstract TVector Min(TVector left, TVector right);

    /// <summary>The greater numbers; those of <paramref name="right"/> where one is NaN.</summary>
    static abstract TVector Max(TVector left, TVector right);

    /// <summary>Powers of two, whose exponents with their bias are in the last 8 bits of <paramref name="exponents"/>; the bit before them is zero.</summary>
    static abstract TVector PowerOfTwo(TVector exponents);

    /// <summary>The first <paramref name="count"/> numbers of <paramref name="vector"/>, then those of <paramref name="rest"/>.</summary>
    static abstract TVector First(TVector vector, int count, TVector rest);

    static abstract float Sum(TVector vector);

    static abstract float Greatest(TVector vector);

    /// <summary>Adds what lies 8 numbers apart.</summary>
    static abstract Vector256<float> Fold(TVector vector);
}
