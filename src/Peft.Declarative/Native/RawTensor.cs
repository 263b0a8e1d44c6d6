using System.Reflection;
using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace Peft.Declarative.Native;

/// <summary>Tensors over memory that libtorch does not own, such as a mapped checkpoint file. Nothing is copied.</summary>
internal static unsafe partial class RawTensor
{
    // The delegate is static because libtorch calls it when the last tensor of the memory is freed, which can be after the caller has returned.
    private static readonly Deleter Freed = static memory => Take(memory)?.Invoke();

    // What to call for each view, by its first address. Two views of one address belong to one owner.
    private static readonly Dictionary<IntPtr, Stack<Action>> Owners = [];

    private static readonly ConstructorInfo FromHandle =
        typeof(Tensor).GetConstructor(BindingFlags.NonPublic | BindingFlags.Instance, [typeof(IntPtr), typeof(bool)])
        ?? throw new MissingMethodException(nameof(Tensor), "Tensor(IntPtr, bool)");

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    private delegate void Deleter(IntPtr memory);

    /// <summary>Creates a row-major CPU tensor over <paramref name="memory"/>.</summary>
    /// <param name="memory">The first element. It must remain valid until <paramref name="freed"/> is called.</param>
    /// <param name="type">The element type.</param>
    /// <param name="shape">The shape.</param>
    /// <param name="freed">Called when the tensor and everything that shares its memory are freed, also by autograd, on any thread.</param>
    internal static Tensor View(void* memory, ScalarType type, ReadOnlySpan<long> shape, Action freed)
    {
        lock (Owners)
        {
            (CollectionsMarshal.GetValueRefOrAddDefault(Owners, (IntPtr)memory, out _) ??= new Stack<Action>()).Push(freed);
        }

        InitializeDeviceType(DeviceType.CPU);
        fixed (long* sizes = shape)
        {
            IntPtr handle = THSTensor_new((IntPtr)memory, Freed, sizes, shape.Length, (sbyte)type, (sbyte)type, 0, 0, 0);
            if (handle == IntPtr.Zero)
            {
                Take((IntPtr)memory)?.Invoke();
                throw new PeftException(NativeFailure.Id, $"libtorch cannot create a {type} view of shape [{string.Join(", ", shape.ToArray())}].");
            }

            return (Tensor)FromHandle.Invoke([handle, true]);
        }
    }

    /// <summary>The address of the first element of a contiguous CPU tensor of any size and storage offset.</summary>
    internal static void* Address(Tensor tensor)
    {
        if (!tensor.is_contiguous() || tensor.device_type != DeviceType.CPU)
        {
            throw new ArgumentException("The tensor is not contiguous in host memory.", nameof(tensor));
        }

        return (void*)FirstElement(tensor);
    }

    /// <summary>Where the first element of a tensor is, on any device. Must not be read unless that is host memory.</summary>
    internal static IntPtr FirstElement(Tensor tensor)
    {
        IntPtr first = THSTensor_data(tensor.Handle);
        GC.KeepAlive(tensor);
        return first;
    }

    /// <summary>Where the first element of a tensor's gradient is; zero if it has none. <c>tensor.grad</c> would make a managed object to ask.</summary>
    internal static IntPtr FirstElementOfGradient(Tensor tensor)
    {
        IntPtr gradient = THSTensor_grad(tensor.Handle);
        GC.KeepAlive(tensor);
        if (gradient == IntPtr.Zero)
        {
            return IntPtr.Zero;
        }

        IntPtr first = THSTensor_data(gradient);
        THSTensor_dispose(gradient);
        return first;
    }

    private static Action? Take(IntPtr memory)
    {
        lock (Owners)
        {
            if (!Owners.TryGetValue(memory, out Stack<Action>? views))
            {
                return null;
            }

            Action freed = views.Pop();
            if (views.Count == 0)
            {
                Owners.Remove(memory);
            }

            return freed;
        }
    }

    [DllImport("LibTorchSharp")]
    private static extern IntPtr THSTensor_data(IntPtr tensor);

    [DllImport("LibTorchSharp")]
    private static extern IntPtr THSTensor_grad(IntPtr tensor);

    [DllImport("LibTorchSharp")]
    private static extern void THSTensor_dispose(IntPtr tensor);

    [DllImport("LibTorchSharp")]
    private static extern IntPtr THSTensor_new(
        IntPtr data, Deleter deleter, long* sizes, int dimensions, sbyte elementType, sbyte type, int deviceType, int deviceIndex, byte requiresGrad);
}
