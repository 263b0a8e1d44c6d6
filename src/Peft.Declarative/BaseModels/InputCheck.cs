using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Runtime.CompilerServices;
using Peft.Declarative.Native;
using Peft.Declarative.Text.Errors;
using static TorchSharp.torch;

namespace Peft.Declarative.BaseModels;

/// <summary>
/// Refuses inputs that libtorch would answer with an error of its own. Shapes are always checked; values only in host memory, because reading them from a
/// device would wait for it.
/// </summary>
internal static class InputCheck
{
    /// <summary>Checks token ids [batch, time].</summary>
    /// <param name="model">The model.</param>
    /// <param name="ids">The ids.</param>
    /// <param name="name">Their name, for messages.</param>
    internal static void Ids(PretrainedModel model, Tensor ids, string name = "InputIds")
    {
        ArgumentNullException.ThrowIfNull(ids);
        Require(!ids.IsInvalid, model, $"{name} was disposed. Keep the tensor until the call has returned");
        Require(ids.dtype == ScalarType.Int64 && ids.dim() == 2, model,
            $"{name} is {ids.dtype} {Shape(ids)}, but must be Int64 [batch, time]. Convert it with to(ScalarType.Int64), and one text with unsqueeze(0)");
        Require(ids.numel() > 0, model, $"{name} is {Shape(ids)} and has no token. Give it at least one row with one token");
        RequireDevice(model, ids, name);
        Range(model, ids, name, model.Config.VocabularySize, "its ids", "Use the tokenizer of this model, or call ResizeEmbeddings if tokens were added to it");
    }

    /// <summary>Checks a tensor that has one number for each of another one.</summary>
    internal static void SameShape(PretrainedModel model, Tensor? value, Tensor like, string name, string likeName)
    {
        Span<long> shape = stackalloc long[(int)like.dim()];
        for (int i = 0; i < shape.Length; i++)
        {
            shape[i] = like.size(i);
        }

        SameShape(model, value, shape, name, likeName);
    }

    /// <summary>Checks a tensor that has one number per token.</summary>
    internal static void SameShape(PretrainedModel model, Tensor? value, ReadOnlySpan<long> shape, string name, string likeName)
    {
        if (value is not null)
        {
            Require(Has(value, shape), model, $"{name} is {Shape(value)}, but must be [{string.Join(", ", shape.ToArray())}] like {likeName}. Give both the same shape");
            RequireDevice(model, value, name);
        }
    }

    /// <summary>Checks the number of positions of a text, if the model has a table of them.</summary>
    /// <param name="model">The model.</param>
    /// <param name="positions">The number of positions, including virtual tokens and cached tokens.</param>
    internal static void Positions(PretrainedModel model, long positions)
    {
        if (model.PositionCount is { } limit && positions > limit)
        {
            string learned = model.LearnedPositions > 0 ? $", {model.LearnedPositions} of them for virtual tokens of adapters" : "";
            Require(false, model, $"the text needs {positions} positions{learned}, but the model has {limit}. Shorten the text, or set MaxLength for training");
        }
    }

    /// <summary>Checks the explicit positions of tokens.</summary>
    internal static void PositionIds(PretrainedModel model, Tensor? positions)
    {
        if (positions is not null && model.PositionCount is { } limit)
        {
            Range(model, positions, "PositionIds", limit - model.LearnedPositions, "its positions", "Shorten the text");
        }
    }

    /// <summary>Checks labels, of which −100 is ignored.</summary>
    internal static void Labels(PretrainedModel model, Tensor labels, long count, string name, string what)
    {
        Require(labels.dtype == ScalarType.Int64, model, $"{name} is {labels.dtype}, but must be Int64. Convert it with to(ScalarType.Int64)");
        if (labels.device_type != DeviceType.CPU || labels.numel() == 0)
        {
            return;
        }

        using DisposeScope scope = NewDisposeScope();
        Tensor wrong = labels.ge(Scalars.Of(count)).logical_or(labels.lt(Scalars.Of(0)).logical_and(labels.ne(Scalars.Of(Losses.Ignored))));
        if (wrong.any().item<bool>())
        {
            Require(false, model, $"{name} contains {labels.masked_select(wrong)[0].item<long>()}, but {what} go from 0 to {count - 1}, and {Losses.Ignored} is ignored. "
                + "Correct the labels of the data");
        }
    }

    internal static void Require([DoesNotReturnIf(false)] bool holds, PretrainedModel model, string problem)
    {
        if (!holds)
        {
            throw new PeftException(RuleIds.InputUnusable, $"'{model.GetType().Name}' cannot read its input: {problem}.");
        }
    }

    /// <inheritdoc cref="Require(bool, PretrainedModel, string)"/>
    internal static void Require([DoesNotReturnIf(false)] bool holds, PretrainedModel model, [InterpolatedStringHandlerArgument(nameof(holds))] ref Problem problem)
    {
        if (!holds)
        {
            Require(holds, model, problem.ToStringAndClear());
        }
    }

    internal static string Shape(Tensor value) => $"[{string.Join(", ", value.shape)}]";

    private static bool Has(Tensor value, ReadOnlySpan<long> shape)
    {
        if (value.dim() != shape.Length)
        {
            return false;
        }

        for (int i = 0; i < shape.Length; i++)
        {
            if (value.size(i) != shape[i])
            {
                return false;
            }
        }

        return true;
    }

    private static void RequireDevice(PretrainedModel model, Tensor value, string name) => Require(value.device_type == model.Device.type, model,
        $"{name} is on {value.device}, but the model is on {model.Device}. Move it with to(model.Device)");

    private static void Range(PretrainedModel model, Tensor values, string name, long count, string what, string remedy)
    {
        if (values.device_type != DeviceType.CPU || values.numel() == 0)
        {
            return;
        }

        using DisposeScope scope = NewDisposeScope();
        using IDisposable untracked = no_grad();
        long least = values.min().item<long>();
        long greatest = values.max().item<long>();
        if (least < 0 || greatest >= count)
        {
            Require(false, model, $"{name} contains {(least < 0 ? least : greatest)}, but {what} go from 0 to {count - 1}. {remedy}");
        }
    }

    /// <summary>The text of a problem, whose parts are computed only if there is one: each pass asks for several.</summary>
    [InterpolatedStringHandler]
    internal ref struct Problem
    {
        private DefaultInterpolatedStringHandler _text;

        public Problem(int literalLength, int formattedCount, bool holds, out bool isWritten)
        {
            isWritten = !holds;
            _text = holds ? default : new DefaultInterpolatedStringHandler(literalLength, formattedCount, CultureInfo.InvariantCulture);
        }

        public void AppendLiteral(string text) => _text.AppendLiteral(text);

        public void AppendFormatted<T>(T value) => _text.AppendFormatted(value);

        internal string ToStringAndClear() => _text.ToStringAndClear();
    }
}
