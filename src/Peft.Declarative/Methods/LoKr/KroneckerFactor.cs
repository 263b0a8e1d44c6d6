using Peft.Declarative.Layers;
using Peft.Declarative.Methods.Lora;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Peft.Declarative.Methods.LoKr;

/// <summary>One of the two matrices of a Kronecker product: trained as it is, or as a product <c>B A</c> of a rank.</summary>
internal sealed class KroneckerFactor
{
    private readonly string _name;

    /// <param name="name">The name of the matrix in files.</param>
    /// <param name="sizes">Its sizes.</param>
    /// <param name="rank">The rank of the product; <see langword="null"/> for none.</param>
    /// <param name="zero">What starts at zero. The others are uniform.</param>
    /// <param name="device">The device of the layer.</param>
    internal KroneckerFactor(string name, (long Rows, long Columns) sizes, int? rank, ZeroStart zero, Device device)
    {
        using IDisposable untracked = no_grad();
        using DisposeScope scope = NewDisposeScope();
        _name = name;
        Matrices = rank is { } inner
            ? [Matrix(sizes.Rows, inner, zero == ZeroStart.First), Matrix(inner, sizes.Columns, zero == ZeroStart.Last)]
            : [Matrix(sizes.Rows, sizes.Columns, zero != ZeroStart.None)];

        Parameter Matrix(long rows, long columns, bool isZero) =>
            WeightLayer.Trainable(isZero ? zeros(rows, columns, device: device) : LoraStart.Kaiming(rows, columns, device));
    }

    /// <summary>The matrix, or <c>B</c> and <c>A</c>.</summary>
    internal Parameter[] Matrices { get; }

    /// <summary>The same with their names in files.</summary>
    internal IEnumerable<(string Name, Parameter Value)> Parameters =>
        Matrices.Length == 1 ? [(_name, Matrices[0])] : [(_name + "_a", Matrices[0]), (_name + "_b", Matrices[1])];

    /// <summary>The matrix [rows, columns].</summary>
    internal Tensor Dense() => Matrices.Length == 1 ? Matrices[0] : Matrices[0].mm(Matrices[1]);
}

/// <summary>Which matrix of a factor starts at zero.</summary>
internal enum ZeroStart
{
    /// <summary>None.</summary>
    None,

    /// <summary>The only one, or the first one of a product.</summary>
    First,

    /// <summary>The only one, or the last one of a product.</summary>
    Last,
}
