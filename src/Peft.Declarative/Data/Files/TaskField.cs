using System.Text.Json.Nodes;
using Peft.Declarative.Text.Json;

namespace Peft.Declarative.Data.Files;

/// <summary>The field of a row that names one of the tasks of an adapter of several.</summary>
internal static class TaskField
{
    internal const string Name = "task";

    /// <summary>The end of a sentence about a value that is none.</summary>
    internal const string Wanted = "not the number of a task of the adapter, from 0. Rename the field if it is something else";

    /// <summary>Reads the field, a number or the text that a table has for it; <see langword="null"/> if a row has no value.</summary>
    /// <exception cref="FormatException">The value is not a whole number from 0.</exception>
    internal static int? Of(JsonNode? value) => value is null ? null
        : JsonScalar.WholeOrText(value) is { } task and >= 0 ? task
        : throw new FormatException($"'{Name}' is {JsonScalar.Shown(value)}, {Wanted}");
}
