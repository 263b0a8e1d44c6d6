using Peft.Declarative.Native;
using static TorchSharp.torch;

namespace Peft.Declarative.BaseModels;

/// <summary>The positions of one head in host memory, [count, width]; the features of a position lie side by side.</summary>
internal readonly unsafe struct HeadRows(float* first, long step, int count, int width)
{
    internal int Count => count;

    internal int Width => width;

    internal long Step => step;

    internal float* At(int row) => first + (row * step);

    /// <summary>At most <paramref name="most"/> rows, from one on.</summary>
    internal HeadRows Part(int from, int most) => new(At(from), step, Math.Min(most, count - from), width);
}

/// <summary>A tensor [batch, heads, time, width] in host memory. It must be kept while this is used.</summary>
internal readonly unsafe struct Heads(Tensor tensor)
{
    private readonly float* _first = (float*)RawTensor.FirstElement(tensor);
    private readonly long _batch = tensor.stride(0);
    private readonly long _head = tensor.stride(1);
    private readonly long _step = tensor.stride(2);

    internal int Batches { get; } = (int)tensor.size(0);

    internal int Count { get; } = (int)tensor.size(1);

    internal int Time { get; } = (int)tensor.size(2);

    internal int Width { get; } = (int)tensor.size(3);

    internal HeadRows Rows(int batch, int head) => new(_first + (batch * _batch) + (head * _head), _step, Time, Width);
}
