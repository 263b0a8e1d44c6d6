// expect: none
using Peft.Declarative;
using Peft.Declarative.Models;
[Lora(rank: 4)]
public partial class Persona : LlamaForCausalLM { public enum Mode { Train } public delegate void Step(); private protected int Micro { get; set; } public int this[int i] => i; public static Persona operator +(Persona a, Persona b) => a; }
