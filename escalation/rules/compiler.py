"""Compile an entry and the rules that it uses, with numba.

Three things make this quicker, and the machine code faster:

- Tables go by address (`Address`). By value a call would hand on several hundred numbers: address, shape and
  strides of every array.
- A rule that is part of an entry is translated once and left as it is (`Material`); LLVM optimises the entry
  as a whole, once. numba by itself optimises every function, together with all that it uses, and makes
  machine code of it that nobody calls.
- Only entries get a wrapper by which Python calls them.
"""

from __future__ import annotations

import functools
import threading
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import numba
from llvmlite import ir
from numba import _dynfunc  # type: ignore[attr-defined]
from numba.core import cgutils, types
from numba.core.codegen import JITCodeLibrary
from numba.core.compiler import CompilerBase, DefaultPassBuilder
from numba.core.compiler_machinery import register_pass
from numba.core.typed_passes import NativeLowering
from numba.core.typing.templates import AttributeTemplate
from numba.extending import (
    NativeValue,
    infer_getattr,
    lower_getattr_generic,
    models,
    register_model,
    typeof_impl,
    unbox,
)

_CONFIG: Any = numba.config  # its names are set at run time
_LOCK = threading.Lock()

# Rules read and write arrays that their caller keeps alive, and make none: without reference counts
# (`_nrt`) a call costs a tenth. They release the interpreter, so that threads run them side by side.
# Nobody calls them as C functions.
_OPTIONS: dict[str, Any] = {"_nrt": False, "nogil": True, "no_cfunc_wrapper": True, "error_model": "numpy"}


def compiled(
    function: Callable[..., Any],
    parts: Mapping[Callable[..., Any], Mapping[str, Any]],
    tables: Iterable[type],
    folder: Path | None,
) -> Any:
    """Return a function that is compiled on its first call, and kept for other processes if possible.

    Parameters
    ----------
    function
        The entry.
    parts
        The functions that it may use, with numba's options for how each becomes part of its callers.
    tables
        The named tuples that go by address.
    folder
        Where machine code is kept; None for nowhere.
    """
    with _LOCK:
        _prepare(parts, tables)
        if folder is None:
            return numba.njit(**_OPTIONS)(function)
        theirs = _CONFIG.CACHE_DIR
        _CONFIG.CACHE_DIR = str(folder)
        try:
            return numba.njit(cache=True, **_OPTIONS)(function)
        finally:
            _CONFIG.CACHE_DIR = theirs


def _prepare(parts: Mapping[Callable[..., Any], Mapping[str, Any]], tables: Iterable[type]) -> None:
    """Let numba find in each marked function what it is within a compiled one."""
    for function, how in parts.items():
        if "_numba_type_" not in vars(function):
            options = {**_OPTIONS, "no_cpython_wrapper": True, **how}
            part = numba.njit(pipeline_class=_PartCompiler, **options)(function)
            part.get_call_template = functools.partial(_call_of, part.get_call_template)
            vars(function).update(
                part=part, _numba_type_=part._numba_type_, targetoptions=part.targetoptions, py_func=function
            )
    for form in tables:
        if form not in typeof_impl.registry:
            typeof_impl.register(form)(_type_of_tables)


def _call_of(call: Callable[..., Any], arguments: tuple[types.Type, ...], by_name: dict[str, Any]) -> Any:
    """Type a call of a rule, which is the same function whether a number is given as such or by name."""
    return call(tuple(map(types.unliteral, arguments)), {k: types.unliteral(v) for k, v in by_name.items()})


class Material(JITCodeLibrary):
    """The code of a rule, for others to link: not optimised, and no machine code."""

    def finalize(self) -> None:
        """Link what it uses."""
        self._raise_if_finalized()
        for library in dict.fromkeys(self._linking_libraries):
            self._reload_init.update(library._reload_init)
            self._final_module.link_in(library._get_module_for_linking(), preserve=True)
        self._finalize_dynamic_globals()
        self._finalized = True


@register_pass(mutates_CFG=True, analysis_only=False)
class _PartLowering(NativeLowering):
    _name = "part_lowering"

    def run_pass(self, state: Any) -> bool:
        state.library = Material(state.targetctx.codegen(), state.func_id.func_qualname)
        state.library.enable_object_caching()
        state.flags.no_compile = True
        super().run_pass(state)
        lowered = state["cr"]
        name, module = lowered.fndesc.qualname.rpartition(".")[2], lowered.fndesc.lookup_module()
        # By this object numba finds the code of the rule. Without machine code it cannot be called.
        known = _dynfunc.make_function(module, name, "", 0, lowered.env, (state.library,))
        state.targetctx.insert_user_function(known, lowered.fndesc, [state.library])
        state["cr"] = lowered._replace(cfunc=known)
        return True


class _PartCompiler(CompilerBase):
    def define_pipelines(self) -> list[Any]:
        passes = DefaultPassBuilder.define_nopython_pipeline(self.state)
        passes.passes = [
            (_PartLowering, name) if one is NativeLowering else (one, name) for one, name in passes.passes
        ]
        passes.finalize()
        return [passes]


class Address(types.Type):
    """The type of a named tuple of arrays within compiled functions: the address of them all."""

    def __init__(self, name: str, fields: dict[str, types.Type]) -> None:
        self.fields = fields
        super().__init__(name=f"{name}({', '.join(f'{field}: {kind}' for field, kind in fields.items())})")


def _type_of_tables(tables: Any, context: Any) -> Address:
    kinds = {name: typeof_impl(table, context) for name, table in tables._asdict().items()}
    return Address(type(tables).__name__, kinds)


@register_model(Address)
class _AddressModel(models.PrimitiveModel):
    def __init__(self, manager: Any, kind: Address) -> None:
        held = [manager.lookup(field).get_value_type() for field in kind.fields.values()]
        super().__init__(manager, kind, ir.LiteralStructType(held).as_pointer())


@unbox(Address)
def _address_of(kind: Address, tables: Any, context: Any) -> NativeValue:
    builder = context.builder
    address = cgutils.alloca_once(builder, context.context.get_value_type(kind).pointee)
    failed = cgutils.false_bit
    for place, field in enumerate(kind.fields.values()):
        table = context.unbox(field, context.pyapi.tuple_getitem(tables, place))
        failed = builder.or_(failed, table.is_error)
        builder.store(table.value, cgutils.gep_inbounds(builder, address, 0, place))
    return NativeValue(address, is_error=failed)


@infer_getattr
class _Fields(AttributeTemplate):
    key = Address

    def generic_resolve(self, kind: Address, name: str) -> types.Type | None:  # type: ignore[override]
        return kind.fields.get(name)


@lower_getattr_generic(Address)
def _field_at(context: Any, builder: Any, kind: Address, address: Any, name: str) -> Any:
    place = list(kind.fields).index(name)
    held = context.get_value_type(kind.fields[name])
    return _read(builder, cgutils.gep_inbounds(builder, address, 0, place), held)


def _read(builder: Any, address: Any, kind: Any) -> Any:
    """Read a number or a structure, number by number; what is not used costs nothing."""
    if isinstance(kind, (ir.LiteralStructType, ir.ArrayType)):
        whole = ir.Constant(kind, ir.Undefined)
        for place in range(len(kind)):
            part = _read(builder, cgutils.gep_inbounds(builder, address, 0, place), kind.elements[place])
            whole = builder.insert_value(whole, part, place)
        return whole
    number = builder.load(address)
    number.set_metadata("invariant.load", builder.module.add_metadata([]))
    return number
