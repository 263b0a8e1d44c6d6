using System.Reflection;

namespace Peft.Declarative.Tests.Native;

/// <summary>
/// The code that methods can reach: what they call, every override of it, the functions that they create, and the bodies of their iterators. Nothing outside of
/// some assemblies.
/// </summary>
internal sealed class ReachedCode
{
    private readonly Assembly[] _assemblies;
    private readonly Func<MethodBase, bool> _isLeftOut;
    private readonly ILookup<MethodBase, MethodBase> _overrides;
    private readonly ILookup<(Type? Type, string Method), MethodBase> _bodies;

    /// <param name="assemblies">The assemblies.</param>
    /// <param name="isLeftOut">Where the search ends.</param>
    internal ReachedCode(Assembly[] assemblies, Func<MethodBase, bool> isLeftOut)
    {
        (_assemblies, _isLeftOut) = (assemblies, isLeftOut);
        Methods = [.. assemblies.SelectMany(CalledMethods.In)];
        _overrides = Methods.OfType<MethodInfo>().Where(method => method.IsVirtual).Select(method => (Base: Definition(method.GetBaseDefinition()), Own: (MethodBase)method))
            .Concat(assemblies.SelectMany(assembly => assembly.GetTypes()).Where(type => type is { IsInterface: false, IsGenericTypeDefinition: false }).SelectMany(Implementations))
            .ToLookup(entry => entry.Base, entry => entry.Own);
        _bodies = Methods.Where(method => method.Name == "MoveNext").ToLookup(Source);
    }

    /// <summary>All methods of the assemblies.</summary>
    internal IReadOnlyList<MethodBase> Methods { get; }

    /// <summary>The type and the method in whose source a method is: "&lt;Rows&gt;b__7" and "&lt;Rows&gt;d__7.MoveNext" are parts of "Rows".</summary>
    internal static (Type? Type, string Method) Source(MethodBase method)
    {
        (Type? type, string name) = (method.DeclaringType, method.Name);
        while (type is not null && type.Name.StartsWith('<'))
        {
            name = name == "MoveNext" ? type.Name : name;
            type = type.DeclaringType;
        }

        return (type, name.StartsWith('<') ? name[1..name.IndexOf('>', StringComparison.Ordinal)] : name);
    }

    /// <summary>Finds calls, each with the way to it.</summary>
    /// <param name="beginnings">Where the search begins.</param>
    /// <param name="isSought">Whether a called method is sought.</param>
    internal IReadOnlyList<string> Find(IEnumerable<MethodBase> beginnings, Func<MethodBase, bool> isSought)
    {
        Dictionary<MethodBase, MethodBase?> ways = beginnings.Where(method => !_isLeftOut(method)).ToDictionary(method => method, _ => (MethodBase?)null);
        var open = new Queue<MethodBase>(ways.Keys);
        SortedSet<string> found = new(StringComparer.Ordinal);
        while (open.TryDequeue(out MethodBase? caller))
        {
            foreach (MethodBase called in CalledMethods.Of(caller).Select(Definition))
            {
                if (isSought(called))
                {
                    found.Add($"{called.Name} in {Way(caller, ways)}");
                }

                foreach (MethodBase next in _overrides[called].Append(called).Concat(_bodies[(called.DeclaringType, called.Name)]).Where(IsOwn))
                {
                    if (ways.TryAdd(next, caller))
                    {
                        open.Enqueue(next);
                    }
                }
            }
        }

        return [.. found];
    }

    private static string Way(MethodBase method, Dictionary<MethodBase, MethodBase?> ways)
    {
        List<string> names = [];
        for (MethodBase? current = method; current is not null; current = ways[current])
        {
            names.Add($"{current.DeclaringType!.Name}.{current.Name}");
        }

        return string.Join(", from ", names);
    }

    private bool IsOwn(MethodBase method) =>
        _assemblies.Contains(method.DeclaringType?.Assembly) && method.GetMethodBody() is not null && !_isLeftOut(method);

    private IEnumerable<(MethodBase Base, MethodBase Own)> Implementations(Type type) => type.GetInterfaces()
        .Where(contract => _assemblies.Contains(contract.Assembly))
        .Select(type.GetInterfaceMap)
        .SelectMany(map => map.InterfaceMethods.Zip(map.TargetMethods, (method, own) => (Definition(method), Definition(own))));

    private static MethodBase Definition(MethodBase method)
    {
        if (method.DeclaringType is { IsConstructedGenericType: true } type)
        {
            method = MethodBase.GetMethodFromHandle(method.MethodHandle, type.GetGenericTypeDefinition().TypeHandle)!;
        }

        return method is MethodInfo { IsGenericMethod: true } generic ? generic.GetGenericMethodDefinition() : method;
    }
}
