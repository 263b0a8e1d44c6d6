using Peft.Declarative.Text.Errors;

namespace Peft.Declarative.Adapters;

/// <summary>
/// Finds the tensors of an adapter file whose names differ from this library's by a prefix or an infix that other programs leave in them: compiled
/// and distributed models, adapters that were saved by torch.save, and bases that were wrapped or unwrapped.
/// </summary>
internal static class TensorNameRepair
{
    // torch.compile, distributed training, and the name of the adapter, which the reference library leaves out of its files.
    private static readonly string[] Leftovers = ["_orig_mod.", "_fsdp_wrapped_module.", "_checkpoint_wrapped_module."];

    /// <summary>Maps the names in a file to the names that the model expects.</summary>
    /// <param name="found">The names in the file.</param>
    /// <param name="expected">The names that the model expects.</param>
    /// <returns>
    /// The expected name for each name in the file, and a description of the change; <see langword="null"/> if the names agree or cannot be mapped.
    /// </returns>
    internal static (IReadOnlyDictionary<string, string> Names, string Change)? Of(IReadOnlyCollection<string> found, IReadOnlyCollection<string> expected)
    {
        HashSet<string> wanted = [.. expected];
        if (found.Count == 0 || expected.Count == 0 || found.Any(wanted.Contains))
        {
            return null;
        }

        Dictionary<string, string> names = found.ToDictionary(name => name, name => Plain(name, wanted));
        string removed = string.Join(" and ", Leftovers.Append("module.").Append("default.")
            .Where(part => names.Any(entry => entry.Key.Contains(part, StringComparison.Ordinal) && !entry.Value.Contains(part, StringComparison.Ordinal)))
            .Select(part => $"'{part}'"));
        if (names.Values.Any(wanted.Contains))
        {
            return Distinct(names) ? (names, $"contain {removed}, which was left out") : null;
        }

        // Replaces one prefix with another. It is found by the longest ending that two names share.
        foreach (string name in names.Values.Order(StringComparer.Ordinal).Take(1))
        {
            foreach (string like in wanted.Where(like => SharedEnd(name, like) > 0).OrderByDescending(like => SharedEnd(name, like)).Take(16))
            {
                int end = SharedEnd(name, like);
                (string from, string to) = (name[..^end], like[..^end]);
                Dictionary<string, string> moved = names.ToDictionary(entry => entry.Key,
                    entry => entry.Value.StartsWith(from, StringComparison.Ordinal) ? to + entry.Value[from.Length..] : entry.Value);
                if (moved.Values.Count(wanted.Contains) == wanted.Count && Distinct(moved))
                {
                    return (moved, $"begin with '{UntrustedText.Shown(from)}' where this model has '{to}'" + (removed.Length > 0 ? $", and contain {removed}" : ""));
                }
            }
        }

        return null;
    }

    private static string Plain(string name, HashSet<string> wanted)
    {
        foreach (string leftover in Leftovers)
        {
            name = name.Replace(leftover, "", StringComparison.Ordinal);
        }

        if (name.StartsWith("module.", StringComparison.Ordinal) && !wanted.Contains(name))
        {
            name = name["module.".Length..];
        }

        // Files contain 'lora_A.default.weight' without the adapter's name, and 'lora_embedding_A.default' too.
        name = name.Replace(".default.", ".", StringComparison.Ordinal);
        return name.EndsWith(".default", StringComparison.Ordinal) ? name[..^".default".Length] : name;
    }

    private static int SharedEnd(string one, string other)
    {
        int length = 0;
        int boundary = 0;
        while (length < one.Length && length < other.Length && one[^(length + 1)] == other[^(length + 1)])
        {
            length++;
            if (length == one.Length || length == other.Length || (one[^(length + 1)] == '.' && other[^(length + 1)] == '.'))
            {
                boundary = length;
            }
        }

        return boundary;
    }

    private static bool Distinct(Dictionary<string, string> names) => names.Values.Distinct().Count() == names.Count;
}
