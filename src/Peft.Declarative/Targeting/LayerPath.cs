namespace Peft.Declarative.Targeting;

/// <summary>How names are compared with paths of layers: whole, or as an end that begins at a dot.</summary>
internal static class LayerPath
{
    internal static string LastName(string path) => path.Substring(path.LastIndexOf('.') + 1);

    /// <summary>Whether <paramref name="name"/> is the path or ends it at a dot: <c>q_proj</c> ends <c>self_attn.q_proj</c>, not <c>my_q_proj</c>.</summary>
    internal static bool EndsWith(string path, string name) =>
        path.EndsWith(name, StringComparison.Ordinal)
        && (path.Length == name.Length || path[path.Length - name.Length - 1] == '.');

    /// <summary>The path and every module above it, innermost first: <c>a.b.c</c>, <c>a.b</c>, <c>a</c>.</summary>
    internal static IEnumerable<string> SelfAndParents(string path)
    {
        for (int end = path.Length; end > 0; end = path.LastIndexOf('.', end - 1))
        {
            yield return path.Substring(0, end);
        }
    }

    /// <summary>The last <paramref name="parts"/> parts of a path, or all of it if it has fewer.</summary>
    internal static string End(string path, int parts)
    {
        int start = path.Length;
        for (int i = 0; i < parts && start > 0; i++)
        {
            start = path.LastIndexOf('.', start - 1);
            if (start < 0) return path;
        }

        return path.Substring(start + 1);
    }
}
